import { CTraderError } from '../index.ts'

/** The command line, a variable or a file says something that cannot be used. */
export class UsageError extends CTraderError {
  constructor(summary: string, remedy: string) {
    super('USAGE', summary, { remedy })
  }
}

/** No token is at hand for what was asked. */
export class LoginNeededError extends CTraderError {
  constructor(environment: string) {
    super('LOGIN_NEEDED', `There is no login for ${environment} yet.`, {
      facts: { environment },
      remedy: `Run \`ctrader login --env ${environment}\`, or set CTRADER_ACCESS_TOKEN.`,
    })
  }
}
