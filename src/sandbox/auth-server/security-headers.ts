import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { style } from './pages/style.ts'

const policyHeader = 'Content-Security-Policy'
const styleHash = createHash('sha256').update(style, 'utf8').digest('base64')

/**
 * Nothing may be loaded but our own icon and the style sheet of this hash, nothing may run, nothing may frame a page,
 * nothing is kept, and no address, which may carry a request, is handed on.
 */
export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next()
  if (!context.res.headers.has(policyHeader)) context.header(policyHeader, contentPolicy("'self'"))
  context.header('Cache-Control', 'no-store')
  context.header('Pragma', 'no-cache')
  context.header('X-Content-Type-Options', 'nosniff')
  context.header('X-Frame-Options', 'DENY')
  context.header('Referrer-Policy', 'no-referrer')
}

/**
 * The policy of a page whose form ends in a redirect to the application. Browsers hold every stop of such a redirect
 * against `form-action`, and where the application sends people next is its own affair; so only the schemes are named.
 */
export function policyAllowingRedirect(redirectUri: string): [name: string, value: string] {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(redirectUri)?.[0].toLowerCase() ?? ''
  return [
    policyHeader,
    contentPolicy([...new Set(["'self'", 'http:', 'https:', scheme])].join(' ').trim()),
  ]
}

function contentPolicy(formAction: string): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "img-src 'self'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}
