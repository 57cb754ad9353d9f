// Where the examples run: on the real cTrader when CTRADER_CLIENT_ID is set, on a sandbox that runs already when
// CTRADER_SANDBOX names the file with its line, otherwise on a sandbox of their own.
import { readFileSync } from 'node:fs'
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
  if (process.env.CTRADER_SANDBOX) return settingOf(process.env.CTRADER_SANDBOX, redirectUri)
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

/** `ctrader sandbox --file FILE` writes such a file. */
function settingOf(file, redirectUri) {
  const line = JSON.parse(readFileSync(file, 'utf8'))
  const hostOf = ({ protobufPort, jsonPort }) => ({ host: line.host, port: protobufPort, jsonPort })
  console.log(`A sandbox: sign in as ${line.username} with the password ${line.password}.`)
  return {
    application: { clientId: line.clientId, clientSecret: line.clientSecret },
    redirectUri,
    endpoints: sandboxEndpoints(line),
    environment: {
      name: 'sandbox',
      demo: hostOf(line.demo),
      live: hostOf(line.live),
      ca: readFileSync(line.caFile, 'utf8'),
    },
    close: async () => {},
  }
}
