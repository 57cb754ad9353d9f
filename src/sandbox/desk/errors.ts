import { CTraderError } from '../../errors.ts'

/** No account of the sandbox has the id. */
export class UnknownAccountError extends CTraderError {
  constructor(accountId: number) {
    super('SANDBOX_ACCOUNT_UNKNOWN', `The sandbox has no account ${accountId}.`, {
      facts: { accountId },
      remedy: "Use the accountId of one of the world's accounts.",
    })
  }
}
