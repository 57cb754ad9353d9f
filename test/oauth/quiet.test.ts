import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Logger } from '../../src/log.ts'
import {
  authorizeWithLoopback,
  createGrantCoordinator,
  createMemoryTokenStore,
  exchangeCode,
  sandboxEndpoints,
  saveLogin,
} from '../../src/oauth/index.ts'
import { consentByHttp, createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { freePort } from './free-port.ts'

let sandbox: Sandbox
let redirectUri: string

beforeAll(async () => {
  redirectUri = `http://127.0.0.1:${await freePort()}/callback`
  sandbox = await createSandbox({ seed: 7, redirectUris: [redirectUri] })
})
afterAll(() => sandbox.close())

/** Keeps every line that is written, whatever its level. */
function recorder(): Logger & { readonly lines: string[] } {
  const lines: string[] = []
  const write = (fields: unknown, message: string): void => {
    lines.push(inspect({ fields, message }, { depth: 20, showHidden: true }))
  }
  return { lines, debug: write, info: write, warn: write, error: write }
}

test('SE-5: what is logged of a login, a refresh and their failures holds no secret', async () => {
  const logger = recorder()
  const { clientId, clientSecret, username, password } = sandbox
  const application = { clientId, clientSecret }
  const endpoints = sandboxEndpoints(sandbox)
  const urls: string[] = []
  const tokens = await authorizeWithLoopback({
    application,
    redirectUris: [redirectUri],
    scope: 'trading',
    endpoints,
    logger,
    openBrowser: async (url) => {
      await consentByHttp({ url, username, password })
      throw new Error('the browser crashed afterwards')
    },
    fetch: (url, init) => {
      urls.push(String(url))
      return fetch(url, init)
    },
  })
  const store = createMemoryTokenStore()
  const key = { clientId, profile: 'quiet' }
  await saveLogin({ store, key, tokens })
  const grant = createGrantCoordinator({ store, key, application, endpoints, logger })
  const renewed = await grant.refresh()
  await grant.close()
  const code = new URL(urls[0] ?? '').searchParams.get('code') ?? ''
  await exchangeCode({ application, code, redirectUri, scope: 'trading', endpoints, logger }).catch(
    (error: unknown) => logger.error({ error }, 'refused'),
  )
  expect(logger.lines.length).toBeGreaterThan(1)
  const log = logger.lines.join('\n')
  const secrets = [
    clientSecret,
    code,
    tokens.accessToken.reveal(),
    tokens.refreshToken?.reveal() ?? '',
    renewed.accessToken.reveal(),
  ]
  for (const secret of secrets) {
    expect(secret).not.toBe('')
    expect(log).not.toContain(secret)
    expect(log).not.toContain(encodeURIComponent(secret))
  }
})
