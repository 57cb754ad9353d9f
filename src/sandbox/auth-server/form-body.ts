import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'

// Nothing that is sent here is longer than a few hundred bytes.
const largest = 64 * 1024

/** Whether the body is a form; other bodies are not looked at. */
export function isForm(context: Context): boolean {
  const type = context.req.header('content-type') ?? ''
  return type.split(';')[0]?.trim().toLowerCase() === 'application/x-www-form-urlencoded'
}

/**
 * The text of a body, read while it comes in.
 *
 * @throws HTTPException with status 413 as soon as it is longer than 64 KiB
 */
export async function readBody(context: Context): Promise<string> {
  const { body } = context.req.raw
  if (body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > largest) throw new HTTPException(413, { message: 'The body is too large' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
