import { CTraderError, type CTraderErrorOptions } from '../../errors.ts'

/** A recording cannot be played. Facts name the file. */
export class ReplayError extends CTraderError {}

/** No instrument has the name that a recording was given for. */
export class ReplaySymbolError extends ReplayError {
  constructor(symbol: string, file: string, known: readonly string[]) {
    super('REPLAY_SYMBOL_UNKNOWN', `There is no instrument "${symbol}" to replay ${file} for.`, {
      facts: { symbol, file, known },
      remedy: `Name one of ${known.join(', ')}.`,
    })
  }
}

/** A recording cannot be opened or read: it is missing, a folder, not permitted, or broken gzip. */
export class ReplayFileError extends ReplayError {
  constructor(file: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super('REPLAY_FILE_UNREADABLE', `The recording ${file} cannot be read: ${reason}.`, {
      facts: { file, reason },
      remedy:
        'Give a CSV file with the columns timestamp,bid,ask, plain or gzip, that can be read.',
      cause,
    })
  }
}

/** A line of a recording breaks the rules that `TickFile` states. */
export class ReplayRowError extends ReplayError {
  constructor(file: string, line: number, problem: string, options: CTraderErrorOptions = {}) {
    super('REPLAY_ROW_INVALID', `Line ${line} of ${file}: ${problem}.`, {
      facts: { file, line, problem },
      remedy:
        'Correct the line or take it out; rows are timestamp (ms), bid and ask, oldest first.',
      ...options,
    })
  }
}
