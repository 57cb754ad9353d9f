import { CTraderError, type CTraderErrorOptions } from '../../errors.ts'

/** A control call was given something it cannot work with. Nothing has been changed. */
export class ControlArgumentError extends CTraderError {
  constructor(summary: string, options: CTraderErrorOptions = {}) {
    super('CONTROL_ARGUMENT', summary, options)
  }
}

/** A control call names something that the sandbox does not have. Nothing has been changed. */
export class ControlNotFoundError extends CTraderError {
  constructor(what: string, given: string | number, known: readonly (string | number)[]) {
    const shown = known.slice(0, 20).join(', ')
    super('CONTROL_NOT_FOUND', `The sandbox has no ${what} ${JSON.stringify(given)}.`, {
      facts: { what, given, known: known.slice(0, 20) },
      remedy: known.length === 0 ? `There is no ${what} at all.` : `There is: ${shown}.`,
    })
  }
}

/** Time was to be moved in a sandbox whose time moves by itself. */
export class TimeNotOwnedError extends CTraderError {
  constructor(mode: string) {
    super('TIME_NOT_OWNED', `The time of this sandbox cannot be moved: it is ${mode}.`, {
      facts: { mode },
      remedy:
        "Create the sandbox with { time: 'owned' }, or start it with --time owned, to move its time yourself.",
    })
  }
}

/** Time was moved as far as was allowed, and what was waited for did not happen. */
export class NothingHappenedError extends CTraderError {
  constructor(what: string, ms: number) {
    super('NOTHING_HAPPENED', `${what} did not happen within ${ms} ms of the sandbox's time.`, {
      facts: { what, ms },
      remedy: 'Allow more time, or look into the journal for what happened instead.',
    })
  }
}

/** The journal does not hold what a test says it does. */
export class JournalMismatchError extends CTraderError {
  constructor(summary: string, options: CTraderErrorOptions = {}) {
    super('JOURNAL_MISMATCH', summary, options)
  }
}
