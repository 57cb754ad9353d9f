import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import type { ContentfulStatusCode, StatusCode } from 'hono/utils/http-status'
import type { AuthFaults } from './auth-faults.ts'
import type { AuthFaultAction } from './fault-rule.ts'
import { shapeBody } from './shape-body.ts'

/** What would have been answered. */
interface DueAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/**
 * Answers as the fault wants it.
 *
 * @param answer what was due; left out where a page or a redirect was, and before anything was done
 * @returns undefined for a fault that leaves this answer as it is
 */
export function deliver(
  context: Context,
  action: AuthFaultAction,
  faults: AuthFaults,
  answer?: DueAnswer,
): Response | undefined {
  const { incoming, outgoing } = context.env as {
    incoming: IncomingMessage
    outgoing: ServerResponse
  }
  switch (action.kind) {
    case 'drop':
      incoming.socket.destroy()
      return alreadySent()
    case 'reset':
      incoming.socket.resetAndDestroy()
      return alreadySent()
    case 'hang':
      return alreadySent()
    case 'answer':
      return plain(context, action.status, action.headers ?? {}, action.body ?? '')
    case 'rate-limit': {
      const { retryAfter } = action
      const headers = retryAfter === undefined ? undefined : { 'Retry-After': String(retryAfter) }
      return plain(
        context,
        429,
        { 'Content-Type': 'text/plain', ...headers },
        'Too many requests\n',
      )
    }
    case 'html':
      return plain(
        context,
        action.status ?? 200,
        { 'Content-Type': 'text/html; charset=utf-8' },
        `<!doctype html><html><head><title>${escaped(action.title ?? 'Service unavailable')}</title></head><body><h1>Please try again later</h1></body></html>`,
      )
    case 'redirect':
      return plain(context, action.status ?? 302, { Location: action.location }, '')
    default:
      return answer === undefined ? undefined : spoil(outgoing, context, action, faults, answer)
  }
}

/** Faults of the body. */
function spoil(
  outgoing: ServerResponse,
  context: Context,
  action: AuthFaultAction,
  faults: AuthFaults,
  { status, type, body: text }: DueAnswer,
): Response {
  const common = { 'Content-Type': type, 'Cache-Control': 'no-store' }
  const bytes = Buffer.from(text)
  const head = { ...common, 'Content-Length': bytes.length }
  switch (action.kind) {
    case 'cut':
      outgoing.writeHead(status, head)
      outgoing.write(bytes.subarray(0, action.keep ?? bytes.length >> 1), () => {
        outgoing.socket?.destroy()
      })
      return alreadySent()
    case 'slow-body':
      outgoing.writeHead(status, head)
      // Nobody waits for it: the request is answered when the last byte is out or the client has left.
      void trickle(outgoing, bytes, () => faults.pause(action.everyMs))
      return alreadySent()
    case 'gzip-bomb': {
      const body = gzipSync(`${' '.repeat(action.bytes ?? 16_777_216)}${text}`)
      outgoing.writeHead(status, {
        ...common,
        'Content-Encoding': 'gzip',
        'Content-Length': body.length,
      })
      outgoing.end(body)
      return alreadySent()
    }
    default:
      return plain(context, status, { 'Content-Type': type }, shapeBody(action, text))
  }
}

async function trickle(
  outgoing: ServerResponse,
  bytes: Buffer,
  pause: () => Promise<void>,
): Promise<void> {
  outgoing.flushHeaders()
  for (let index = 0; index < bytes.length && !outgoing.destroyed; index++) {
    outgoing.write(bytes.subarray(index, index + 1))
    await pause()
  }
  outgoing.end()
}

function plain(
  context: Context,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): Response {
  // Response refuses a body with these, empty or not.
  if (status === 204 || status === 205 || status === 304) {
    return context.body(null, status as StatusCode, { ...headers })
  }
  return context.body(body, status as ContentfulStatusCode, { ...headers })
}

function alreadySent(): Response {
  return new Response(null, RESPONSE_ALREADY_SENT)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
