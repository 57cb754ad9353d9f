import { LiveSession } from './live-session.ts'
import { resolveOptions, type SessionOptions } from './options.ts'
import type { LinkSession } from './session.ts'

/**
 * Connects to a server and authenticates the application on the connection; being authenticated already is as good.
 *
 * @throws the transport's errors (`HostNotFoundError`, `ConnectionRefusedError`, `CertificateError`,
 * `ConnectTimeoutError`, `ConnectAbortedError` ...), `RequestRefusedError` when the server refuses the application, and
 * the other request errors when it does not answer. No socket and no timer is left behind.
 */
export async function connectSession(options: SessionOptions): Promise<LinkSession> {
  const session = new LiveSession(resolveOptions(options))
  await session.open(options.signal)
  return session
}
