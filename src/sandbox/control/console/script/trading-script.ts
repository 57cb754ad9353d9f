/** Market, accounts, positions, and the other terminal. */
export const tradingScript = `
import { at, button, el, fill, hands, host, offerAll, row, tag, td } from './dom.js'
import { dialog, onSubmit, open } from './form.js'
import { act, carryOut, refresh, tell } from './talk.js'

const pips = () => at('pips').value.trim()
const move = () => ({ pips: Number.isFinite(Number(pips())) ? Number(pips()) : pips() })
const cents = (side) => (side === 'buy' ? 'up' : 'down')

let standsStill = false

export function showTrading(state, auth) {
  standsStill = state.time.mode === 'owned'
  showMarket(state.symbols)
  showAccounts(state.accounts)
  showPositions(state.accounts)
  showOrders(state.accounts)
  offerAll('symbols', state.symbols.map(({ symbol }) => [symbol, symbol]))
  offerAll('accounts', state.accounts.map(({ account }) => [String(account), String(account)]))
  offerAll('people', auth.people.map(({ userId, username }) => [String(userId), username]))
}

function showMarket(symbols) {
  const by = pips()
  fill('market', symbols.map(({ symbol, bid, ask, open: isOpen, held, silent, tradingByHand }) => {
    const path = '/market/' + encodeURIComponent(symbol)
    // The sign that a hand is on it is also what takes the hand away.
    const word = !isOpen ? 'closed' : silent ? 'silent' : held ? 'held' : 'opened'
    const sign = held || silent || tradingByHand ? button(word + ' ×', () => act('POST', path + '/release'), symbol + ': ' + word + ' by hand, release', 'small on') : isOpen ? '' : tag(word, 'warn')
    return row(symbol,
      el('td', {}, symbol, ' ', sign), td(bid, 'n'), td(ask, 'n'),
      hands(
        button('−' + by, () => act('POST', path + '/gap', { pips: typeof move().pips === 'number' ? -move().pips : move().pips }), symbol + ': gap ' + by + ' pips down'),
        button('+' + by, () => act('POST', path + '/gap', move()), symbol + ': gap ' + by + ' pips up'),
        button('News', () => act('POST', path + '/spike', move()), symbol + ': news spike'),
        button(isOpen ? 'Close' : 'Open', () => act('POST', path + (isOpen ? '/close' : '/open')), symbol + ': ' + (isOpen ? 'close' : 'open') + ' the market')))
  }), 'No symbols.')
}

const accessWords = { 'close-only': 'close only', 'no-trading': 'no trading', 'no-login': 'no login' }

function showAccounts(accounts) {
  fill('accounts', accounts.map(({ account, isLive, accountType, balance, depositAsset, access }) => row(account,
    el('td', { class: 'fold' }, String(account), ' ', access === 'full' ? '' : tag(accessWords[access], 'warn')), el('td', {}, host(isLive ? 'live' : 'demo'), ' ' + accountType.toLowerCase().replace('_', ' ')),
    td(balance + ' ' + depositAsset, 'n'),
    hands(
      button('Manage', () => manage(account, access), 'Money and access of account ' + account),
      button('Disconnect', () => act('POST', '/accounts/' + account + '/disconnect', {}, 'Account ' + account + ' was disconnected.'), 'Disconnect account ' + account),
      button('End tokens', () => act('POST', '/tokens/invalidate', { account }, 'The tokens of account ' + account + ' are dead.'), 'Invalidate the tokens of account ' + account)))), 'No accounts.')
}

function manage(account, access) {
  manage.account = account
  manage.access = access
  open('account', { access }).querySelector('h2').textContent = 'Account ' + account
}
dialog('account', async ({ pay, amount, note, access }) => {
  const path = '/accounts/' + manage.account
  if (amount !== undefined) await carryOut('POST', path + '/' + pay, { amount, note })
  // Paid once, whatever becomes of the rest.
  at('account').querySelector('[name=amount]').value = ''
  if (access !== manage.access) await carryOut('POST', path + '/access', { access })
})

const openIn = (accounts, kind) => accounts.flatMap((one) => one[kind].map((thing) => ({ ...thing, account: one.account, asset: one.depositAsset })))
const said = ({ label, comment }) => [label, comment].filter((one) => one).join(' · ')

function showPositions(accounts) {
  fill('positions', openIn(accounts, 'positions').map((one) => {
    const { positionId, account, symbol, side, volume, price, profit, stopLoss, takeProfit } = one
    const path = '/accounts/' + account + '/positions/' + positionId
    const words = side + ' ' + volume + ' ' + symbol + ' on account ' + account
    return row(account + '/' + positionId,
      td(String(positionId)), td(String(account)), td(symbol), td(side, cents(side)), td(volume, 'n'), td(price, 'n'),
      el('td', { class: 'n ' + (String(profit).startsWith('-') ? 'down' : 'up') }, profit === undefined ? '' : profit + ' ' + one.asset),
      td(stopLoss, 'n'), td(takeProfit, 'n'), td(said(one), 'wide'),
      hands(
        button('Amend', () => { amending.path = path; open('amend', { stopLoss, takeProfit }, words) }, 'Amend position ' + positionId),
        button('Part', () => { amending.path = path; open('close-part', {}, words) }, 'Close a part of position ' + positionId),
        button('Close', () => act('POST', path + '/close', {}), 'Close position ' + positionId)))
  }), 'No open positions.')
}
const amending = {}
dialog('amend', (levels) => carryOut('POST', amending.path + '/amend', levels))
dialog('close-part', (part) => carryOut('POST', amending.path + '/close', part))

function showOrders(accounts) {
  fill('orders', openIn(accounts, 'orders').map((one) => row(one.account + '/' + one.orderId,
    td(String(one.orderId)), td(String(one.account)), td(one.symbol), td(one.side, cents(one.side)), td(one.type), td(one.volume, 'n'),
    td(one.price, 'n'), td(said(one), 'wide'),
    hands(button('Cancel', () => act('POST', '/accounts/' + one.account + '/orders/' + one.orderId + '/cancel', {}), 'Cancel order ' + one.orderId)))), 'No pending orders.')
}

onSubmit(at('price'), ({ symbol, ...sides }) => carryOut('POST', '/market/' + encodeURIComponent(symbol) + '/price', sides))
onSubmit(at('phone'), async ({ account, ...order }) => {
  await carryOut('POST', '/accounts/' + account + '/positions', order)
  tell(standsStill ? 'The order was sent. It is filled when time moves on.' : 'The order was sent.')
})
at('release-all').addEventListener('click', () => act('POST', '/market/release'))
at('close-all').addEventListener('click', () => act('POST', '/market/close'))
at('pips').addEventListener('input', refresh)
at('new-account').addEventListener('click', () => open('open-account'))
dialog('open-account', ({ host: kind, ...account }) => carryOut('POST', '/accounts', { ...account, isLive: kind === 'live' }))
`
