import { CTraderError } from '../errors.ts'

/** None of the client's grants covers an account of this id. */
export class AccountNotFoundError extends CTraderError {
  constructor(accountId: number, known: readonly number[], isLogin: boolean) {
    super('ACCOUNT_NOT_FOUND', `No grant of this client covers the account ${accountId}.`, {
      facts: { accountId, known },
      remedy: isLogin
        ? 'This is the login number people see; use the accountId beside it in the account list.'
        : known.length === 0
          ? 'The grants cover no account at all: authorise the application again and choose accounts.'
          : `Use one of ${known.join(', ')}, or authorise again: accounts opened after the consent are not covered.`,
    })
  }
}

/** The account lives on the host that this client's environment does not have. */
export class AccountOnOtherHostError extends CTraderError {
  constructor(accountId: number, isLive: boolean, environment: string) {
    const kind = isLive ? 'live' : 'demo'
    super(
      'ACCOUNT_ON_OTHER_HOST',
      `Account ${accountId} is a ${kind} account, and the environment "${environment}" has no ${kind} host.`,
      {
        facts: { accountId, isLive, environment },
        remedy: `Create a client with environment: '${kind}', or 'all' for demo and live at once.`,
      },
    )
  }
}
