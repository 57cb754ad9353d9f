import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  catalog,
  ProtoErrorCode,
  ProtoOAErrorCode,
  type RequestName,
} from '../../../src/protocol/index.ts'
import { amendFailures } from './amend-failures.ts'
import { commonRows } from './common-failures.ts'
import { type Covered, codeGaps, coverageGaps, success } from './coverage.ts'
import { documentedFailures, type Form, forms } from './documented.ts'
import { unprovoked } from './error-codes.ts'
import { marketFailures } from './market-failures.ts'
import { orderFailures } from './order-failures.ts'
import { type Answer, openOwnStage, openScene, openStage, type Stage } from './probe.ts'
import type { Channel, FailureRow, Scene, State, SuccessRow } from './row.ts'
import { ruleFailures } from './rule-failures.ts'
import { sessionFailures } from './session-failures.ts'
import { successes } from './successes.ts'

// Every request succeeds, and fails in each way that is documented: said over protobuf and over JSON alike by clients
// that know nothing of this package.

const requests = Object.keys(catalog) as RequestName[]
const failures: readonly FailureRow[] = [
  ...commonRows,
  ...sessionFailures,
  ...marketFailures,
  ...orderFailures,
  ...amendFailures,
  ...ruleFailures,
]

// One for all rows that leave it as it is.
let shared: Stage
beforeAll(async () => {
  shared = await openStage()
})
afterAll(() => shared.close())

const stateFor: Readonly<Record<(typeof catalog)[RequestName]['scope'], State>> = {
  link: 'connected',
  application: 'application',
  account: 'account',
  trade: 'account',
}

async function sceneFor(
  { own, at, state, token }: FailureRow | SuccessRow,
  request: RequestName,
  form: Form,
): Promise<Scene> {
  const stage = own === undefined ? shared : await openOwnStage(own, at)
  const { scope } = catalog[request]
  return openScene(stage, form, state ?? stateFor[scope], token?.(stage.sandbox))
}

async function send(row: FailureRow | SuccessRow, request: RequestName, scene: Scene) {
  const fields = typeof row.fields === 'function' ? await row.fields(scene) : row.fields
  const { send: name } = catalog[request]
  return row.empty === true ? scene.askEmpty(name) : scene.ask(name, fields)
}

const messages: Readonly<Record<Channel, string>> = {
  error: 'ProtoOAErrorRes',
  'order-error': 'ProtoOAOrderErrorEvent',
  event: 'ProtoOAExecutionEvent',
}

/** Whether a request names the account that it is about, and what refuses it names it too. */
function isAboutAccount(request: RequestName): boolean {
  const { scope } = catalog[request]
  return scope === 'account' || scope === 'trade'
}

/** What an account holds, to be compared. */
async function holdings({ askAccount }: Scene): Promise<Answer> {
  return askAccount('ProtoOAReconcileReq', { returnProtectionOrders: true })
}

const covered: Covered[] = []

describe.each(forms)('over %s', (form) => {
  for (const request of requests) {
    const row = successes[request]
    covered.push({ request, what: success, form })
    test(`${request} succeeds`, async () => {
      const scene = await sceneFor(row, request, form)
      const answer = await send(row, request, scene)
      expect(answer).toMatchObject({ name: catalog[request].expect, payload: row.answer })
    })
  }

  for (const row of failures) {
    const { request, failure, channel, code, text } = row
    covered.push({ request, what: failure, form })
    test(`${request} is refused: ${failure}`, async () => {
      const scene = await sceneFor(row, request, form)
      const first = await send(row, request, scene)
      row.meanwhile?.(scene)
      const answer = row.meanwhile === undefined ? first : await scene.next('ProtoOAExecutionEvent')
      expect(answer).toMatchObject({ name: messages[channel], payload: { errorCode: code } })
      if (typeof text === 'string') expect(answer.payload['description']).toBe(text)
      else if (text !== undefined) expect(answer.payload['description']).toMatch(text)
      if (isAboutAccount(request) && row.empty !== true) {
        expect(answer.payload['ctidTraderAccountId']).toBe(scene.account)
      }
      if (row.closes === true) await scene.closed
      const comparable = row.own === undefined && row.state === undefined
      if (!comparable || catalog[request].scope !== 'trade') return
      // Nothing was touched.
      const { payload } = await holdings(scene)
      expect([payload['position'] ?? [], payload['order'] ?? []]).toEqual([[], []])
    })
  }
})

test('every request has its success and each documented failure, over every form', () => {
  expect(requests).toHaveLength(40)
  const wanted = Object.fromEntries(requests.map((name) => [name, documentedFailures(name)]))
  expect(coverageGaps(wanted, forms, covered)).toEqual([])
})

test('every error code is provoked by a failure, or it is said why nothing provokes it', () => {
  const codes = [...Object.keys(ProtoOAErrorCode), ...Object.keys(ProtoErrorCode)]
  const provoked = failures.map(({ code }) => code)
  expect(codeGaps(codes, provoked, unprovoked)).toEqual([])
})
