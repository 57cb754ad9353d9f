import type { RequestName } from '../../../src/protocol/index.ts'
import type { Sandbox } from '../../../src/sandbox/index.ts'
import { accountOf } from '../fixture.ts'
import { openScene } from './probe.ts'
import type { FailureRow, Scene } from './row.ts'

const error = 'error'
const elsewhere = { name: 'Elsewhere', redirectUris: ['http://localhost/'] } as const

const good = ({ clientId, clientSecret }: Sandbox) => ({ clientId, clientSecret })

/** What an access token can have against it, the same wherever one is sent. */
function tokenRows(request: RequestName, rest: object = {}): readonly FailureRow[] {
  const row = { request, channel: error, code: 'CH_ACCESS_TOKEN_INVALID' } as const
  return [
    {
      ...{ ...row, failure: 'an expired token', text: 'Access token expired', own: {} },
      fields({ sandbox }) {
        sandbox.control.tokens.expire()
        return { ...rest, accessToken: sandbox.accessToken }
      },
    },
    {
      ...{ ...row, failure: 'an unknown token', text: 'Invalid access token' },
      fields: { ...rest, accessToken: 'never issued' },
    },
    {
      ...{ ...row, failure: 'a token that was refreshed', text: 'Invalid access token', own: {} },
      async fields({ sandbox, ask }) {
        const { accessToken, refreshToken } = sandbox
        await ask('ProtoOARefreshTokenReq', { refreshToken })
        return { ...rest, accessToken }
      },
    },
    {
      ...{ ...row, failure: "another application's token", text: 'Invalid access token', own: {} },
      fields: ({ sandbox }) => ({ ...rest, accessToken: othersTokens(sandbox).accessToken }),
    },
  ]
}

function othersTokens(sandbox: Sandbox) {
  const { clientId } = sandbox.addApplication(elsewhere)
  return sandbox.issueTokens({ clientId })
}

const credentials = {
  request: 'applicationAuth',
  channel: error,
  code: 'CH_CLIENT_AUTH_FAILURE',
  closes: true,
} as const
const refresh = {
  request: 'refreshToken',
  channel: error,
  code: 'CH_ACCESS_TOKEN_INVALID',
  text: 'Invalid refresh token',
} as const
const auth = { request: 'accountAuth', channel: error } as const
const notFound = { ...auth, code: 'CH_CTID_TRADER_ACCOUNT_NOT_FOUND' } as const
const cannotRoute = { code: 'CANT_ROUTE_REQUEST', text: 'Cannot route request' } as const

const authOf =
  (account: (sandbox: Sandbox) => number | undefined) =>
  ({ sandbox }: Scene) => ({
    ctidTraderAccountId: account(sandbox),
    accessToken: sandbox.accessToken,
  })

/** What goes wrong with applications, tokens and account sessions. */
export const sessionFailures: readonly FailureRow[] = [
  {
    ...{ ...credentials, failure: 'a wrong secret' },
    text: 'clientId or clientSecret is incorrect',
    fields: ({ sandbox }) => ({ ...good(sandbox), clientSecret: 'wrong' }),
  },
  {
    ...{ ...credentials, failure: 'an unknown client id' },
    text: 'clientId or clientSecret is incorrect',
    fields: ({ sandbox }) => ({ ...good(sandbox), clientId: '1_nobody' }),
  },
  {
    ...{ ...credentials, failure: 'an application without approval', own: {} },
    text: 'OA client is not in active state',
    fields({ sandbox }) {
      const { clientId, clientSecret } = sandbox.addApplication({
        ...elsewhere,
        status: 'submitted',
      })
      return { clientId, clientSecret }
    },
  },
  {
    ...{ ...credentials, failure: 'too many connections, where they are bounded' },
    ...{ code: 'CONNECTIONS_LIMIT_EXCEEDED', text: /Too many connections/ },
    own: { limits: { connectionsPerApplication: 1 } },
    async fields({ sandbox, clock }) {
      await openScene({ sandbox, clock }, 'protobuf', 'application')
      return good(sandbox)
    },
  },
  {
    ...{ request: 'applicationAuth', failure: 'authenticated already', channel: error },
    ...{ code: 'CH_CLIENT_ALREADY_AUTHENTICATED', text: /already authorized/ },
    state: 'application',
    fields: ({ sandbox }) => good(sandbox),
  },

  ...tokenRows('accountListByAccessToken'),
  ...tokenRows('ctidProfileByToken'),
  {
    ...{ ...refresh, failure: 'a consumed token', own: {} },
    async fields({ sandbox: { refreshToken }, ask }) {
      await ask('ProtoOARefreshTokenReq', { refreshToken })
      return { refreshToken }
    },
  },
  { ...refresh, failure: 'an unknown token', fields: { refreshToken: 'never issued' } },
  {
    ...{ ...refresh, failure: "another application's token", own: {} },
    fields: ({ sandbox }) => ({ refreshToken: othersTokens(sandbox).refreshToken }),
  },
  {
    ...{ ...refresh, failure: 'an approval withdrawn', own: {} },
    ...{ code: 'CH_CLIENT_AUTH_FAILURE', text: 'OA client is not in active state' },
    fields({ sandbox }) {
      sandbox.auth.applications.update(sandbox.clientId, { status: 'submitted' })
      return { refreshToken: sandbox.refreshToken }
    },
  },

  ...tokenRows('accountAuth', { ctidTraderAccountId: 1001 }),
  {
    ...{ ...auth, ...cannotRoute, failure: 'an account of the other host' },
    fields: authOf((sandbox) => accountOf(sandbox, true).accountId),
  },
  {
    ...{ ...auth, ...cannotRoute, failure: 'a disabled account', own: {} },
    fields(scene) {
      scene.sandbox.control.accounts.setAccess(scene.account, 'no-login')
      return authOf(() => scene.account)(scene)
    },
  },
  {
    ...{ ...auth, failure: 'a disabled account, where that is said', code: 'RET_ACCOUNT_DISABLED' },
    ...{ text: /disabled/, own: { behaviour: { disabledAccount: 'RET_ACCOUNT_DISABLED' } } },
    fields(scene) {
      scene.sandbox.control.accounts.setAccess(scene.account, 'no-login')
      return authOf(() => scene.account)(scene)
    },
  },
  {
    ...{ ...notFound, failure: 'a login number' },
    fields: authOf((sandbox) => accountOf(sandbox).traderLogin),
  },
  { ...notFound, failure: 'an unknown account', fields: authOf(() => 999_999) },
  {
    ...{ ...notFound, failure: 'an account that was not shared', own: {} },
    fields({ sandbox, account }) {
      const { accessToken } = sandbox.issueTokens({ accountIds: [account] })
      return { ctidTraderAccountId: account + 1, accessToken }
    },
  },
  {
    ...{ ...auth, failure: 'authorised already', code: 'ALREADY_LOGGED_IN', state: 'account' },
    text: 'Trading account is already authorized in this channel',
    fields: authOf((sandbox) => accountOf(sandbox).accountId),
  },
  {
    ...{ request: 'accountLogout', failure: 'logged out already', channel: error },
    ...{ code: 'INVALID_REQUEST', text: 'Trading account is not authorized' },
    async fields({ account, askAccount }) {
      await askAccount('ProtoOAAccountLogoutReq')
      return { ctidTraderAccountId: account }
    },
  },
]
