import { appendFileSync } from 'node:fs'
import { afterAll, afterEach } from 'vitest'
import { Canary, describeLeaks } from './canary.ts'
import { installCanary } from './install.ts'

// Every file of tests is watched for the secrets it makes: what it says may hold none of them.
const canary = new Canary()
const lookAtErrors = installCanary(canary)

afterEach(lookAtErrors)

afterAll(() => {
  lookAtErrors()
  const leaks = canary.leaks()
  const tally = process.env['CTRADER_CANARY_TALLY'] ?? ''
  if (tally !== '') appendFileSync(tally, `${canary.secrets} ${canary.watched}\n`)
  if (leaks.length > 0) throw new Error(describeLeaks(leaks))
})
