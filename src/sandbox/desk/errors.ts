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

/** An account with the id is there already. */
export class DuplicateAccountError extends CTraderError {
  constructor(accountId: number) {
    super('SANDBOX_ACCOUNT_TAKEN', `The sandbox has an account ${accountId} already.`, {
      facts: { accountId },
      remedy: 'Give the new account an accountId that no other has.',
    })
  }
}

/** No symbol of the sandbox has the id. */
export class UnknownSymbolError extends CTraderError {
  constructor(symbolId: number) {
    super('SANDBOX_SYMBOL_UNKNOWN', `The sandbox has no symbol ${symbolId}.`, {
      facts: { symbolId },
      remedy: "Use the symbolId of one of the world's instruments.",
    })
  }
}
