// Secrets come from the environment: CTRADER_CLIENT_ID, CTRADER_CLIENT_SECRET, CTRADER_ACCESS_TOKEN. A mistake in one of
// them is named before anything is sent.
import { createClient, Secret } from 'ctrader-open-api'
import { applicationFromEnv } from 'ctrader-open-api/oauth'
import { createSandbox } from 'ctrader-open-api/sandbox'

// Without variables the example sets them itself, to those of a sandbox.
const sandbox = process.env.CTRADER_CLIENT_ID ? undefined : await createSandbox()
if (sandbox !== undefined) {
  process.env.CTRADER_CLIENT_ID = sandbox.clientId
  process.env.CTRADER_CLIENT_SECRET = sandbox.clientSecret
  process.env.CTRADER_ACCESS_TOKEN = sandbox.accessToken
}

const { application } = applicationFromEnv(process.env)
const accessToken = new Secret(process.env.CTRADER_ACCESS_TOKEN ?? '')
console.log('What a log would show of them:', application, accessToken)

const client = await createClient({
  environment: sandbox?.clientOptions().environment ?? 'demo',
  application,
  grants: [{ accessToken }],
})
console.log(`${client.accounts.length} accounts`)
await client.close()
await sandbox?.close()
