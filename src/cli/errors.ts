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

/** A symbol was subscribed, and no quote of it arrived in time. */
export class NoQuoteError extends CTraderError {
  constructor(symbols: readonly string[], timeoutMs: number) {
    super('NO_QUOTE', `No quote of ${symbols.join(', ')} arrived within ${timeoutMs / 1000} s.`, {
      facts: { symbols, timeoutMs },
      remedy: 'The market may be closed or quiet: try another symbol, or a longer --timeout.',
    })
  }
}
