import { CTraderError, type ErrorFacts } from '../index.ts'

/** The command line, a variable or a file says something that cannot be used. */
export class UsageError extends CTraderError {
  constructor(summary: string, remedy: string, facts: ErrorFacts = {}) {
    super('USAGE', summary, { remedy, facts })
  }
}

/** No usable token is at hand for what was asked. */
export class LoginNeededError extends CTraderError {
  constructor(environment: string, summary = `There is no login for ${environment} yet.`) {
    super('LOGIN_NEEDED', summary, {
      facts: { environment },
      remedy: `Run \`ctrader login --env ${environment}\`, or set CTRADER_ACCESS_TOKEN.`,
    })
  }
}

/** The doctor has found something wrong. Its code is that of what was found, and so is the exit status. */
export class UnhealthyError extends CTraderError {
  /** The server's code, where it refused something. */
  readonly serverCode: string | undefined

  constructor(title: string, found: unknown) {
    const { code, serverCode } = Object(found) as { code?: unknown; serverCode?: unknown }
    super(typeof code === 'string' ? code : 'UNEXPECTED', `Something is wrong with: ${title}.`, {
      remedy: 'See the report for what to do.',
      cause: found,
    })
    this.serverCode = typeof serverCode === 'string' ? serverCode : undefined
  }
}

/** A symbol was subscribed, and no quote of it arrived in time. */
export class NoQuoteError extends CTraderError {
  constructor(symbols: readonly string[], timeoutMs: number) {
    super('NO_QUOTE', `No quote of ${symbols.join(', ')} arrived within ${timeoutMs / 1000} s.`, {
      facts: { symbols, timeoutMs },
      remedy: 'The market may be closed or quiet: try another symbol, or a longer --timeout.',
    })
  }
}
