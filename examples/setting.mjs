// Where the examples run: on the real cTrader when CTRADER_CLIENT_ID is set, otherwise on a sandbox of their own.
import { environments } from 'ctrader-open-api'
import { applicationFromEnv, openApiEndpoints, sandboxEndpoints } from 'ctrader-open-api/oauth'
import { createSandbox } from 'ctrader-open-api/sandbox'

const usualRedirectUri = 'http://127.0.0.1:8080/auth/callback'

export async function findSetting() {
  const redirectUri = process.env.CTRADER_REDIRECT_URI ?? usualRedirectUri
  if (process.env.CTRADER_CLIENT_ID) {
    const { application } = applicationFromEnv(process.env)
    const environment = { ...environments.demo, ca: undefined }
    const close = async () => {}
    return { application, redirectUri, endpoints: openApiEndpoints, environment, close }
  }
  const sandbox = await createSandbox({ redirectUris: [redirectUri] })
  const { application, environment } = sandbox.clientOptions()
  console.log(`A sandbox: sign in as ${sandbox.username} with the password ${sandbox.password}.`)
  return {
    sandbox,
    application,
    redirectUri,
    endpoints: sandboxEndpoints(sandbox),
    environment,
    close: () => sandbox.close(),
  }
}
