import { resolveOptions, type SessionOptions } from './options.ts'
import { Session } from './session.ts'

/**
 * Connects to a server and authenticates the application on the connection.
 *
 * @throws the transport's errors (`HostNotFoundError`, `ConnectionRefusedError`, `CertificateError`,
 * `ConnectTimeoutError` ...), and `RequestRefusedError` when the server refuses the application. Nothing is left behind.
 */
export async function connectSession(options: SessionOptions): Promise<Session> {
  const resolved = resolveOptions(options)
  const { transport, endpoint, clock, connectTimeoutMs, clientId, clientSecret } = resolved
  const { signal } = options
  const session = new Session(resolved)
  const link = await transport.open(endpoint, session.handlers, {
    clock,
    timeoutMs: connectTimeoutMs,
    signal,
  })
  try {
    await session.start(link, clientSecret, clientId, { signal })
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}
