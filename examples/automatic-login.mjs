// The automatic flow: a browser gives the consent, a listener on this machine takes the code, a file keeps the tokens.
import { identifyGrant } from 'ctrader-open-api'
import { authorizeWithLoopback, saveLogin } from 'ctrader-open-api/oauth'
import { createFileTokenStore } from 'ctrader-open-api/stores/file'
import { findSetting } from './setting.mjs'

const { application, redirectUri, endpoints, environment, close } = await findSetting()
const store = createFileTokenStore({ directory: process.env.TOKENS ?? './tokens' })
const key = { clientId: application.clientId, profile: 'example' }

try {
  const tokens = await authorizeWithLoopback({
    application,
    redirectUris: [redirectUri],
    scope: 'accounts',
    endpoints,
    onUrl: (url) => console.log(`Open this page in a browser on this machine:\n${url}`),
    // Called before the browser says that all is well: what is not stored is lost.
    save: async (tokens) => {
      const { accessToken } = tokens
      const { userId } = await identifyGrant({ environment, application, accessToken })
      await saveLogin({ store, key, tokens, userId })
      console.log(`Logged in as cTrader ID ${userId}.`)
    },
  })
  console.log(`The access token works until ${new Date(tokens.expiresAt).toISOString()}.`)
} finally {
  await close()
}
