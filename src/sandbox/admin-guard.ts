import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'

/**
 * Keeps others away from the admin API. It listens on the loopback interface only, but a browser on the same machine
 * sends requests there for any page of any site, and so:
 *
 * - whoever calls must know the sandbox's admin token, which stands in the line that the sandbox printed. A page cannot
 *   know it, and the header it travels in makes browsers ask first, which nobody here answers.
 * - a request that says it comes from another site's page is refused whatever it knows.
 * - a request for another host name was refused before it came here: a name of somebody else's that points at this
 *   machine (DNS rebinding) would make a foreign page one of the same site.
 * - what is sent must say that it is JSON, which no form can.
 */
export function guard(token: string): MiddlewareHandler {
  return async (context, next) => {
    const { origin } = new URL(context.req.url)
    const from = context.req.header('origin')
    const site = context.req.header('sec-fetch-site')
    const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none'
    if (isForeign || (from !== undefined && from !== origin)) {
      return refuse(context, 403, 'CROSS_SITE', 'The page of another site may not do this.')
    }
    const [scheme, given = ''] = (context.req.header('authorization') ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'bearer' || !same(given, token)) {
      context.header('WWW-Authenticate', 'Bearer')
      return refuse(
        context,
        401,
        'ADMIN_TOKEN',
        'The admin token is missing or wrong. Send "Authorization: Bearer TOKEN" with the adminToken of the line that the sandbox printed.',
      )
    }
    return next()
  }
}

function refuse(context: Context, status: 401 | 403, code: string, message: string): Response {
  return context.json({ error: { code, message, facts: {} } }, status)
}

/** Compares in a time that says nothing about where the texts differ. */
function same(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}
