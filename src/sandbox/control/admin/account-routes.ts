import { Hono } from 'hono'
import type { AccountAccess, AccountTerms } from '../account-terms.ts'
import type { NewAccount } from '../accounts-control.ts'
import { ControlArgumentError } from '../errors.ts'
import type { Terminal, TerminalOrder } from '../terminal.ts'
import type { AdminOptions } from './admin-app.ts'
import { answer, pick, readFields, wholeNumber } from './json.ts'

const terms = {
  leverage: 'number',
  maxPositions: 'number',
  limitedRisk: 'flag',
  limitedRiskMargin: 'text',
} as const
const newAccount = {
  isLive: 'flag',
  depositAsset: 'text',
  accountType: 'text',
  deposit: 'price',
  userId: 'number',
  ...terms,
} as const
const order = {
  symbol: 'text',
  side: 'text',
  lots: 'price',
  stopLossPoints: 'number',
  takeProfitPoints: 'number',
  comment: 'text',
  label: 'text',
} as const

/** Accounts, their owners' terminals, and snapshots. */
export function accountRoutes({ control }: Pick<AdminOptions, 'control'>): Hono {
  const { accounts, snapshots } = control
  const app = new Hono({ strict: false })

  app.post('/accounts', async (context) => {
    // What is no account is refused by whoever opens it.
    const given = pick(await readFields(context), newAccount) as NewAccount
    return answer(context, accounts.create(given), 201)
  })
  for (const verb of ['deposit', 'withdraw'] as const) {
    app.post(`/accounts/:account/${verb}`, async (context) => {
      const account = wholeNumber('account', context.req.param('account'))
      const { amount, note } = pick(await readFields(context), { amount: 'price', note: 'text' })
      return answer(context, accounts[verb](account, amount ?? '', note))
    })
  }
  app.post('/accounts/:account/access', async (context) => {
    const account = wholeNumber('account', context.req.param('account'))
    const { access = '' } = pick(await readFields(context), { access: 'text' })
    return answer(context, accounts.setAccess(account, access as AccountAccess))
  })
  app.post('/accounts/:account/terms', async (context) => {
    const account = wholeNumber('account', context.req.param('account'))
    const given = pick(await readFields(context), terms) as AccountTerms
    return answer(context, accounts.change(account, given))
  })
  app.post('/traders', async (context) => {
    const { username } = pick(await readFields(context), { username: 'text' })
    return answer(context, accounts.createTrader(username ?? ''), 201)
  })

  /** Does one thing in a terminal that is opened for it. */
  const inTerminal = <T>(text: string, act: (terminal: Terminal) => T): T => {
    const terminal = control.terminal(wholeNumber('account', text))
    try {
      return act(terminal)
    } finally {
      terminal.end()
    }
  }
  app.get('/accounts/:account/positions', (context) =>
    answer(context, {
      positions: inTerminal(context.req.param('account'), (terminal) => terminal.positions()),
    }),
  )
  app.post('/accounts/:account/positions', async (context) => {
    const given = pick(await readFields(context), order)
    return inTerminal(context.req.param('account'), (terminal) => {
      const { clientMsgId } = terminal.open(given as TerminalOrder)
      return answer(context, { clientMsgId }, 201)
    })
  })
  app.post('/accounts/:account/positions/:position/:verb', async (context) => {
    const { account, position, verb } = context.req.param()
    const shape = { lots: 'price', stopLoss: 'number', takeProfit: 'number' } as const
    const { lots, ...levels } = pick(await readFields(context), shape)
    const positionId = wholeNumber('position', position)
    return inTerminal(account, (terminal) => {
      if (verb === 'close') {
        return answer(context, { clientMsgId: terminal.close(positionId, lots).clientMsgId })
      }
      if (verb === 'amend') {
        return answer(context, { clientMsgId: terminal.amend(positionId, levels).clientMsgId })
      }
      throw new ControlArgumentError(`A position cannot be told to ${JSON.stringify(verb)}.`, {
        facts: { verb },
        remedy: 'Use close or amend.',
      })
    })
  })
  app.post('/accounts/:account/orders/:order/cancel', (context) => {
    const { account, order } = context.req.param()
    const orderId = wholeNumber('order', order)
    return inTerminal(account, (terminal) =>
      answer(context, { clientMsgId: terminal.cancel(orderId).clientMsgId }),
    )
  })

  const kept = () => ({ snapshots: snapshots.list() })
  app.get('/snapshots', (context) => answer(context, kept()))
  app.post('/snapshots', (context) => answer(context, { id: snapshots.take() }, 201))
  app.post('/snapshots/:id/revert', async (context) => {
    const id = wholeNumber('id', context.req.param('id'))
    snapshots.revert(id, pick(await readFields(context), { keepConnections: 'flag' }))
    return answer(context, kept())
  })
  app.delete('/snapshots/:id', (context) => {
    snapshots.drop(wholeNumber('id', context.req.param('id')))
    return answer(context, kept())
  })
  app.post('/reset', async (context) => {
    await control.reset()
    return answer(context, {})
  })
  return app
}
