import { afterAll, beforeAll, expect, test } from 'vitest'
import { identifyGrant } from '../../src/index.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { openSockets } from '../peer/resources.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await createSandbox({ seed: 7 })
})

afterAll(() => sandbox.close())

function options(accessToken: string) {
  const { environment, application } = sandbox.clientOptions()
  return { environment, application, accessToken }
}

test('a token says whose it is, what it allows and which accounts it covers', async () => {
  const before = openSockets()
  const identity = await identifyGrant(options(sandbox.accessToken))
  expect(identity).toMatchObject({ userId: expect.any(Number), scope: 'trading' })
  expect(identity.accounts.map((account) => account.accountId)).toEqual(
    sandbox.accounts.map((account) => account.accountId),
  )
  await expect.poll(openSockets).toBe(before)
})

test('a grant for reading over one account says so', async () => {
  const [first] = sandbox.accounts
  const tokens = sandbox.issueTokens({ scope: 'accounts', accountIds: [first?.accountId ?? 0] })
  const identity = await identifyGrant(options(tokens.accessToken))
  expect(identity.scope).toBe('accounts')
  expect(identity.accounts).toHaveLength(1)
})

test('a token that the server does not know is refused, and nothing stays open', async () => {
  const before = openSockets()
  await expect(identifyGrant(options('no-such-token'))).rejects.toMatchObject({
    code: 'REQUEST_REFUSED',
    serverCode: 'CH_ACCESS_TOKEN_INVALID',
  })
  await expect.poll(openSockets).toBe(before)
})
