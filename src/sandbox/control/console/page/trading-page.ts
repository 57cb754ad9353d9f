import { html } from 'hono/html'
import { box, choice, dialog, field, type Html, part, small } from './parts.ts'

const hosts = [
  ['demo', 'demo'],
  ['live', 'live'],
] as const

/** Prices, and what is traded at them. */
export function tradingPage(): Html {
  return html`<div class="column">
${part({
  id: 'market',
  title: 'Market',
  columns: ['Symbol', 'Bid|n', 'Ask|n', '|act'],
  side: html`<label class="aside">Move by <input id="pips" inputmode="decimal" autocomplete="off" value="50"> pips</label>
${small('close-all', 'Close all', 'Close the market of every symbol')}
${small('release-all', 'Release all')}`,
  form: html`<form class="row" id="price">
${choice('symbol', 'Symbol', [], 'data-list="symbols"', 'short')}
${field('bid', 'Bid', 'inputmode="decimal" placeholder="1.12569"', 'short')}
${field('ask', 'Ask', 'inputmode="decimal" placeholder="as far as now"', 'short')}
<button class="first">Set and hold</button>
<p class="wrong" role="alert"></p>
</form>`,
})}
</div>
<div class="column">
${part({
  id: 'accounts',
  title: 'Accounts',
  columns: ['Account', 'Kind', 'Balance|n', '|act'],
  side: small('new-account', 'New account'),
})}
${box(
  { id: 'terminal', title: 'Another terminal' },
  html`<p class="hint">What is done here, the account's owner does on the phone: clients hear of it by events.</p>
<form class="row" id="phone">
${choice('account', 'Account', [], 'data-list="accounts"', 'quarter')}
${choice('symbol', 'Symbol', [], 'data-list="symbols"', 'quarter')}
${choice(
  'side',
  'Side',
  [
    ['buy', 'buy'],
    ['sell', 'sell'],
  ],
  '',
  'quarter',
)}
${field('lots', 'Lots', 'inputmode="decimal" value="0.10"', 'quarter')}
${field('stopLossPoints', 'Stop loss, points', 'inputmode="numeric" data-type="number" placeholder="none"', 'quarter')}
${field('takeProfitPoints', 'Take profit, points', 'inputmode="numeric" data-type="number" placeholder="none"', 'quarter')}
${field('label', 'Label', 'placeholder="none"', 'quarter')}
<button class="first">Open</button>
<p class="wrong" role="alert"></p>
</form>`,
)}
</div>
<div class="whole">
${part({
  id: 'positions',
  title: 'Positions',
  columns: [
    ...['Position', 'Account', 'Symbol', 'Side', 'Volume|n', 'Price|n', 'Profit|n'],
    ...['Stop loss|n', 'Take profit|n', 'Label', '|act'],
  ],
})}
${part({
  id: 'orders',
  title: 'Pending orders',
  columns: ['Order', 'Account', 'Symbol', 'Side', 'Type', 'Volume|n', 'Price|n', 'Label', '|act'],
})}
</div>`
}

/** What opens above the page. */
export function tradingDialogs(): Html {
  return html`${dialog(
    'amend',
    'Amend the position',
    'Apply',
    html`<p class="what" data-what></p>
<div class="row">${field('stopLoss', 'Stop loss', 'inputmode="decimal" data-type="number" placeholder="none"')}
${field('takeProfit', 'Take profit', 'inputmode="decimal" data-type="number" placeholder="none"')}</div>
<p class="hint">A level left empty is removed.</p>`,
  )}
${dialog(
  'close-part',
  'Close the position',
  'Close it',
  html`<p class="what" data-what></p>
<div class="row">${field('lots', 'Lots', 'inputmode="decimal" placeholder="all of it"')}</div>`,
)}
${dialog(
  'account',
  'Account',
  'Apply',
  html`<div class="row">${choice('pay', 'Money', [
    ['deposit', 'Deposit'],
    ['withdraw', 'Withdraw'],
  ])}
${field('amount', 'Amount', 'inputmode="decimal" placeholder="none"')}
${field('note', 'Note', 'placeholder="none"')}</div>
<div class="row">${choice('access', 'What its owner may do', [
    ['full', 'everything'],
    ['close-only', 'only close positions'],
    ['no-trading', 'look, but not trade'],
    ['no-login', 'not log in'],
  ])}</div>`,
)}
${dialog(
  'open-account',
  'New account',
  'Open it',
  html`<div class="row">${choice('host', 'Host', hosts)}
${choice('accountType', 'Type', [
  ['HEDGED', 'hedged'],
  ['NETTED', 'netted'],
  ['SPREAD_BETTING', 'spread betting'],
])}
${choice('userId', 'Owner', [], 'data-list="people" data-type="number"')}</div>
<div class="row">${field('depositAsset', 'Currency', 'value="USD"')}
${field('deposit', 'Deposit', 'inputmode="decimal" value="10000.00"')}
${field('leverage', 'Leverage, 1 to', 'inputmode="numeric" data-type="number" value="100"')}</div>
<p class="hint">No application may use it before a new consent, or a grant that you issue.</p>`,
)}`
}
