import { CTraderError } from '../errors.ts'

/** Another program listens on a port that the sandbox was told to use. */
export class PortInUseError extends CTraderError {
  constructor(port: number, purpose: string, cause?: unknown) {
    super('PORT_IN_USE', `Port ${port} for the ${purpose} is taken by another program.`, {
      facts: { port, purpose },
      remedy: 'Stop that program, or choose another port; 0 takes any free one.',
      cause,
    })
  }
}

/** The system does not let the sandbox listen on a port that it was told to use. */
export class PortRefusedError extends CTraderError {
  constructor(port: number, purpose: string, cause?: unknown) {
    super('PORT_REFUSED', `The system refuses port ${port} for the ${purpose}.`, {
      facts: { port, purpose },
      remedy:
        'Ports below 1024 usually need privileges: choose a higher one, or 0 for any free one.',
      cause,
    })
  }
}

/** A sandbox was to be started where production runs. */
export class SandboxInProductionError extends CTraderError {
  constructor() {
    super('SANDBOX_IN_PRODUCTION', 'A sandbox does not start where NODE_ENV is production.', {
      facts: { NODE_ENV: 'production' },
      remedy: 'Connect to the demo or the live environment, or start it with another NODE_ENV.',
    })
  }
}

/** Says in the sandbox's words why a port could not be opened; other errors come back as they are. */
export function listenError(error: unknown, port: number, purpose: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return new PortInUseError(port, purpose, error)
  if (code === 'EACCES') return new PortRefusedError(port, purpose, error)
  return error
}
