import { createAuthority } from '../../certificates.ts'
import type { FaultRule } from '../../control/index.ts'
import { Nonconformity, type Scenario, type Stage } from './scenario.ts'

/** Orders take a while here, so that a client cannot mistake the acceptance for the fill. */
const slow = { latency: { acceptance: 5, execution: 300 } } as const

/** What every client of the API has to get right. */
export const scenarios: readonly Scenario[] = [
  {
    id: 'foreign-certificate',
    must: 'refuse a server whose certificate nobody vouches for',
    async play(stage) {
      const { caPem } = await createAuthority()
      const connected = await stage.connect({ ...stage.details, ca: caPem }).then(
        () => true,
        () => false,
      )
      if (connected) throw new Nonconformity('It connected to a server that it could not trust.')
    },
  },
  {
    id: 'market-order',
    must: 'connect, authenticate and fill a market order, sent once',
    async play(stage) {
      await stage.connect()
      await filled(stage)
      stage.sandbox.control.journal.expectOne({ message: 'newOrder' })
    },
  },
  {
    id: 'fill-not-acceptance',
    must: 'call an order filled when it is filled, not when it is accepted',
    options: slow,
    async play(stage) {
      await stage.connect()
      const outcome = await stage.buy()
      const fills = stage.sandbox.control.journal.count({
        message: 'ProtoOAExecutionEvent',
        where: ({ payload }) => payload['deal'] !== undefined,
      })
      if (outcome === 'filled' && fills === 0) {
        throw new Nonconformity('It called an order filled before there was a fill.')
      }
      if (outcome !== 'filled') throw new Nonconformity(`The order was filled; it said ${outcome}.`)
    },
  },
  refused('order-error', 'take an order error (2132) for a rejection', 'order-error'),
  refused('error-response', 'take an error response (2142) for a rejection', 'error'),
  {
    id: 'rejected-event',
    must: 'take an execution event that says "rejected" for a rejection',
    options: slow,
    async play(stage) {
      await stage.connect()
      const { control } = stage.sandbox
      const said = stage.buy()
      await control.journal.waitFor(
        { message: 'newOrder' },
        { timeoutMs: stage.patience.outcomeMs },
      )
      control.market.close('EURUSD')
      notFilled(await said)
    },
  },
  {
    id: 'lost-answer',
    must: 'not send an order again when its answer does not come, and not call it filled',
    play: (stage) => sentOnce(stage, { fault: 'lose-answer', message: 'newOrder', times: 1 }),
  },
  {
    id: 'cut-after-commit',
    must: 'not send an order again when the connection ends behind it',
    play: (stage) => sentOnce(stage, { fault: 'cut-after', message: 'newOrder', times: 1 }),
  },
  {
    id: 'cut-before-commit',
    must: 'not call an order filled, nor send it again, when the connection ends before it is taken',
    play: (stage) => sentOnce(stage, { fault: 'cut-before', message: 'newOrder', times: 1 }),
  },
  {
    id: 'foreign-fill',
    must: "not take the fill of another terminal for its own order's",
    async play(stage) {
      await stage.connect()
      const { control } = stage.sandbox
      control.faults.add({ fault: 'lose-answer', message: 'newOrder', times: 1 })
      const said = stage.buy()
      await control.journal.waitFor(
        { message: 'newOrder' },
        { timeoutMs: stage.patience.outcomeMs },
      )
      await control.terminal(stage.details.accountId).open({
        ...{ symbol: 'EURUSD', side: 'buy', lots: '0.01' },
      }).filled
      notFilled(await said)
    },
  },
  {
    id: 'repeated-answers',
    must: 'bear answers that come twice',
    async play(stage) {
      stage.sandbox.control.faults.add({ fault: 'repeat-answer' })
      await stage.connect()
      await filled(stage)
      await filled(stage)
      stage.sandbox.control.journal.expect({ message: 'newOrder' }, 2)
    },
  },
  {
    id: 'one-byte-at-a-time',
    must: 'put messages together however their bytes arrive',
    async play(stage) {
      stage.sandbox.control.faults.add({ fault: 'slice', bytes: 1 })
      await stage.connect()
      await filled(stage)
    },
  },
  {
    id: 'heartbeats',
    must: 'send a heartbeat at least every ten seconds',
    async play(stage) {
      await stage.connect()
      const { journal } = stage.sandbox.control
      const beat = { message: 'ProtoHeartbeatEvent', direction: 'received' } as const
      await journal
        .waitFor({ ...beat, since: journal.mark() }, { timeoutMs: stage.patience.heartbeatMs })
        .catch(() => {
          throw new Nonconformity(`No heartbeat came within ${stage.patience.heartbeatMs} ms.`)
        })
    },
  },
  {
    id: 'rate-limit',
    must: 'stay within fifty requests a second',
    needs: 'ask',
    async play(stage) {
      await stage.connect()
      await stage.client.ask?.(120)
      const refusals = stage.sandbox.control.journal.count({
        message: 'ProtoOAErrorRes',
        where: ({ payload }) => payload['errorCode'] === 'REQUEST_FREQUENCY_EXCEEDED',
      })
      if (refusals > 0)
        throw new Nonconformity(`It was refused ${refusals} times for its frequency.`)
    },
  },
]

function refused(id: string, must: string, as: 'error' | 'order-error'): Scenario {
  return {
    id,
    must,
    async play(stage) {
      await stage.connect()
      const errorCode = 'NOT_ENOUGH_MONEY'
      stage.sandbox.control.faults.add({ fault: 'refuse', message: 'newOrder', errorCode, as })
      notFilled(await stage.buy())
    },
  }
}

async function filled(stage: Stage): Promise<void> {
  const outcome = await stage.buy()
  if (outcome !== 'filled') throw new Nonconformity(`The order was filled; it said ${outcome}.`)
}

function notFilled(outcome: string): void {
  if (outcome === 'filled')
    throw new Nonconformity('It called an order filled that it had no fill of.')
}

async function sentOnce(stage: Stage, fault: FaultRule): Promise<void> {
  await stage.connect()
  const { faults, journal } = stage.sandbox.control
  faults.add(fault)
  notFilled(await stage.buy())
  await stage.wait(stage.patience.quietMs)
  const count = journal.count({ message: 'newOrder' })
  if (count !== 1) throw new Nonconformity(`The order was sent ${count} times.`)
}
