import { CTraderError, type HostAddress } from '../../index.ts'
import type { Target } from '../target.ts'

/** What is looked at, in this order; each needs the ones before it. */
export const stages = ['name', 'tcp', 'tls', 'application', 'token', 'accounts', 'quote'] as const

export type Stage = (typeof stages)[number]

/** What is wrong, in one word. */
export type DiagnosisCode =
  | 'HOST_NOT_FOUND'
  | 'SERVER_NOT_REACHABLE'
  | 'NO_TLS'
  | 'UNTRUSTED_CERTIFICATE'
  | 'BAD_CERTIFICATE'
  | 'NO_WEBSOCKET'
  | 'WRONG_PORT'
  | 'WRONG_CREDENTIALS'
  | 'APPLICATION_INACTIVE'
  | 'LOGIN_NEEDED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_INVALID'
  | 'NO_ACCOUNTS'
  | 'ACCOUNT_NOT_COVERED'
  | 'ACCOUNT_ON_OTHER_HOST'
  | 'NO_QUOTE'
  | 'SERVER_UNDER_MAINTENANCE'
  | 'OTHER'

export interface Diagnosis {
  readonly code: DiagnosisCode
  /** What to do, where that is more than the error itself advises. */
  readonly remedy: string | undefined
}

export interface Case {
  readonly error: unknown
  readonly target: Target
  readonly host: HostAddress
  /** The account that was tried, and the kind it is of. */
  readonly account: { readonly accountId: number; readonly isLive: boolean } | undefined
}

const byCode: Readonly<Record<string, DiagnosisCode>> = {
  HOST_NOT_FOUND: 'HOST_NOT_FOUND',
  CONNECTION_REFUSED: 'SERVER_NOT_REACHABLE',
  HOST_UNREACHABLE: 'SERVER_NOT_REACHABLE',
  CONNECT_TIMEOUT: 'SERVER_NOT_REACHABLE',
  TLS_FAILED: 'NO_TLS',
  LINK_CLOSED: 'NO_TLS',
  WEBSOCKET_REFUSED: 'NO_WEBSOCKET',
  LOGIN_NEEDED: 'LOGIN_NEEDED',
  NO_ACCOUNTS: 'NO_ACCOUNTS',
  ACCOUNT_NOT_FOUND: 'ACCOUNT_NOT_COVERED',
  ACCOUNT_ON_OTHER_HOST: 'ACCOUNT_ON_OTHER_HOST',
  NO_QUOTE: 'NO_QUOTE',
}

/** Says what is wrong, from the stage that failed and its error. */
export function diagnose(stage: Stage, found: Case): Diagnosis {
  const { error } = found
  if (codeOf(error) === 'CERTIFICATE_REJECTED') {
    const isUntrusted = Reflect.get(Object(error), 'problem') === 'untrusted'
    return { code: isUntrusted ? 'UNTRUSTED_CERTIFICATE' : 'BAD_CERTIFICATE', remedy: undefined }
  }
  const refusal = refused(found)
  if (refusal !== undefined) return refusal
  if (stage === 'application' && isOtherFormat(error)) return wrongPort(found)
  return { code: byCode[codeOf(error)] ?? 'OTHER', remedy: undefined }
}

/** What the server's own answer means. */
function refused({ account, error, target }: Case): Diagnosis | undefined {
  const serverCode: unknown = Reflect.get(Object(error), 'serverCode')
  const description = String(Reflect.get(Object(error), 'description') ?? '')
  const plain = (code: DiagnosisCode): Diagnosis => ({ code, remedy: undefined })
  switch (serverCode) {
    case 'CH_CLIENT_AUTH_FAILURE':
      return plain(
        /not in active state/i.test(description) ? 'APPLICATION_INACTIVE' : 'WRONG_CREDENTIALS',
      )
    case 'CH_OA_CLIENT_NOT_FOUND':
      return plain('WRONG_CREDENTIALS')
    case 'OA_AUTH_TOKEN_EXPIRED':
    case 'CH_ACCESS_TOKEN_INVALID':
      return {
        code:
          serverCode === 'OA_AUTH_TOKEN_EXPIRED' || /expired/i.test(description)
            ? 'TOKEN_EXPIRED'
            : 'TOKEN_INVALID',
        remedy: `Run \`ctrader login --env ${target.name}\`, or give CTRADER_ACCESS_TOKEN a newer token.`,
      }
    case 'SERVER_IS_UNDER_MAINTENANCE':
      return plain('SERVER_UNDER_MAINTENANCE')
    case 'CANT_ROUTE_REQUEST': {
      if (account === undefined) return undefined
      const kind = account.isLive ? 'live' : 'demo'
      return {
        code: 'ACCOUNT_ON_OTHER_HOST',
        remedy: `Account ${account.accountId} is a ${kind} account and this host does not serve it: use --env ${kind}, or look up where the ${kind} host listens.`,
      }
    }
    default:
      return undefined
  }
}

const formatCodes: readonly string[] = ['FRAME_TOO_LONG', 'MALFORMED_JSON', 'MALFORMED_MESSAGE']

/** Whether the connection ended because the two sides do not speak the same format. */
function isOtherFormat(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  if (formatCodes.includes(codeOf(cause))) return true
  // What WebSocket servers close with when text comes where bytes belong, or the other way round.
  return cause instanceof CTraderError && /\(100[37]\b/.test(cause.message)
}

function wrongPort({ host, target }: Case): Diagnosis {
  const isJson = target.carrier.startsWith('json')
  const [spoken, other] = isJson ? ['JSON', 'protobuf'] : ['protobuf', 'JSON']
  const usual = isJson ? '5036' : '5035'
  const port = isJson ? host.jsonPort : host.port
  return {
    code: 'WRONG_PORT',
    remedy: `Port ${port} does not speak ${spoken}. If it is the one for ${other}, name the port for ${spoken} (${usual} on the real hosts), or use --carrier ${isJson ? 'protobuf-tcp' : 'json-tcp'}.`,
  }
}

function codeOf(error: unknown): string {
  const code: unknown = Reflect.get(Object(error), 'code')
  return typeof code === 'string' ? code : ''
}
