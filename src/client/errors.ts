import { CTraderError } from '../errors.ts'
import { RequestError, type RequestIdentity } from '../session/index.ts'

/** What an order needs to know could not be learned, so it was not sent. `cause` is the question that failed. */
export class OrderNotSentError extends RequestError {
  constructor(identity: RequestIdentity, cause: RequestError) {
    super(
      'ORDER_NOT_SENT',
      `${identity.request} was not sent: what it needs to know could not be learned. ${cause.message}`,
      identity,
      'not-sent',
      { facts: { question: cause.request, failure: cause.code }, cause },
    )
  }
}

/** A source of access tokens gave none. `cause` is what it failed with, if it did. */
export class TokenSourceError extends CTraderError {
  constructor(index: number, detail: string, cause?: unknown) {
    super(
      'TOKEN_SOURCE_FAILED',
      `The source of tokens grants[${index}] gave no token: ${detail}.`,
      {
        facts: { index },
        remedy: 'Look at the object that was given as this grant.',
        cause,
      },
    )
  }
}

/** The account was not open when the time of whoever waited for it was up. */
export class AccountOpenTimeoutError extends CTraderError {
  constructor(accountId: number, timeoutMs: number) {
    super('ACCOUNT_OPEN_TIMEOUT', `Account ${accountId} was not open within ${timeoutMs} ms.`, {
      facts: { accountId, timeoutMs },
      remedy: 'It is still being opened for later; wait longer, or look at the status.',
    })
  }
}

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
