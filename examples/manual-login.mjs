// The manual flow: the person copies the address that the browser ends on. No port, no browser on this machine.
import { createInterface } from 'node:readline/promises'
import { authorizeManually } from 'ctrader-open-api/oauth'
import { findSetting } from './setting.mjs'

const { application, redirectUri, endpoints, close } = await findSetting()
const terminal = createInterface({ input: process.stdin, output: process.stdout })

try {
  const tokens = await authorizeManually({
    application,
    redirectUri,
    scope: 'accounts',
    endpoints,
    onUrl: (url) => console.log(`Open this page in any browser and allow access:\n${url}`),
    ask: ({ problem, signal }) => {
      if (problem !== undefined) console.log(problem)
      console.log('Within 60 seconds, paste the address you were sent to, or the code in it:')
      return terminal.question('', { signal })
    },
  })
  console.log(`A token for the scope ${tokens.scope}.`)
} finally {
  terminal.close()
  await close()
}
