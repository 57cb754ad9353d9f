import { Output, type Terminal } from './output.ts'

/** The options that every command takes. */
export interface GlobalOptions {
  readonly env?: string
  readonly sandboxFile?: string
  readonly account?: string
  readonly json?: boolean
  readonly timeout?: string
}

/** What a command runs with. */
export interface CommandContext {
  readonly output: Output
  readonly env: NodeJS.ProcessEnv
  readonly options: GlobalOptions
  /** Aborts when the person interrupts. */
  readonly signal: AbortSignal
  /** Whether a person can answer. */
  readonly isInteractive: boolean
}

export function createContext(
  terminal: Terminal,
  options: GlobalOptions,
  signal: AbortSignal,
  isInteractive: boolean,
): CommandContext {
  return {
    output: new Output(terminal, options.json === true),
    env: terminal.env,
    options,
    signal,
    isInteractive,
  }
}
