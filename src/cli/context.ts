import type { Output } from './output.ts'

/** The options that commands share. */
export interface GlobalOptions {
  readonly env?: string
  readonly sandboxFile?: string
  readonly carrier?: string
  readonly profile?: string
  readonly account?: string
  readonly json?: boolean
  readonly timeout?: string
}

/** What a command runs with. */
export interface CommandContext {
  readonly output: Output
  readonly env: NodeJS.ProcessEnv
  readonly options: GlobalOptions
  /** Aborts when the person interrupts, or when nobody reads the output any more. */
  readonly signal: AbortSignal
  readonly stdin: NodeJS.ReadStream
  /** Whether a person is there who can answer: nothing is asked otherwise. */
  readonly isInteractive: boolean
}
