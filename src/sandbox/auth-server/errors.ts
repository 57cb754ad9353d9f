import { CTraderError } from '../../errors.ts'

/** The authorization server could not listen on its port. */
export class AuthServerPortError extends CTraderError {
  constructor(port: number, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    const summary =
      code === 'EADDRINUSE'
        ? `Port ${port} on 127.0.0.1 is taken.`
        : `Cannot listen on port ${port} on 127.0.0.1 (${code}).`
    super('SANDBOX_PORT_UNAVAILABLE', summary, {
      facts: { port, host: '127.0.0.1', reason: code },
      remedy: 'Choose another HTTP port for the sandbox, or 0 for any free one.',
      cause,
    })
  }
}
