/**
 * The script of the console, as the browser runs it: asks for the state once a second and writes it into the page. Text
 * from outside only ever becomes text, never markup.
 */
export const consoleScript = `'use strict'
const token = document.querySelector('meta[name="admin-token"]').content
const at = (id) => document.getElementById(id)
let mark = 0
let busy = false
const seen = new Set()

async function ask(method, path, body) {
  const response = await fetch('/admin' + path, {
    method,
    headers: { Authorization: 'Bearer ' + token, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error.message)
  return answer
}

function say(text) {
  const note = at('note')
  note.textContent = text
  note.hidden = false
  clearTimeout(say.timer)
  say.timer = setTimeout(() => { note.hidden = true }, 6000)
}

async function act(method, path, body) {
  try {
    await ask(method, path, body)
    await refresh()
  } catch (error) {
    say(error.message)
  }
}

/** An element with text or other elements in it. */
function el(name, given, ...inside) {
  const { on, ...attributes } = given || {}
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value)
  if (on) made.addEventListener('click', on)
  for (const one of inside) made.append(one === null || one === undefined ? '' : one)
  return made
}

const button = (text, on, label, kind) => el('button', { type: 'button', class: kind || 'small', on, 'aria-label': label }, text)

/** Tells each cell the name of its column, for narrow screens, where a row is a little card. */
function named(body, line) {
  const titles = body.parentElement.tHead.rows[0].cells
  for (const [index, one] of [...line.cells].entries()) {
    const title = titles[index] ? titles[index].textContent : ''
    if (title !== '' && !one.classList.contains('act')) one.dataset.name = title
  }
  return line
}

/** Fills a table's body, or says that there is nothing. Who has the focus keeps it. */
function fill(id, rows, empty) {
  const body = at(id)
  const held = body.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null
  body.replaceChildren(...rows.map((one) => named(body, one)))
  const again = held === null ? null : [...body.querySelectorAll('button')].find((one) => one.getAttribute('aria-label') === held)
  if (again) again.focus({ preventScroll: true })
  const table = body.closest('.scroll')
  table.hidden = rows.length === 0
  let words = table.nextElementSibling
  if (!words || !words.classList.contains('empty')) {
    words = el('p', { class: 'empty' })
    table.after(words)
  }
  words.textContent = rows.length === 0 ? empty : ''
  const count = at(id + '-count')
  if (count) count.textContent = String(rows.length)
}

const row = (...cells) => el('tr', {}, ...cells)
const td = (text, kind) => el('td', { class: kind }, text === undefined || text === null ? '' : text)
const host = (name) => el('span', { class: 'tag ' + name }, name)
const time = (ms) => new Date(ms).toISOString().slice(11, 23)

function showMarket(symbols) {
  fill('market', symbols.map((one) => {
    const path = '/market/' + encodeURIComponent(one.symbol)
    const state = !one.open ? el('span', { class: 'tag warn' }, 'closed') : one.silent ? el('span', { class: 'tag warn' }, 'silent') : one.held ? el('span', { class: 'tag warn' }, 'held') : ''
    const hands = el('span', {},
      button('−50', () => act('POST', path + '/gap', { pips: -50 }), one.symbol + ': gap 50 pips down'), ' ',
      button('+50', () => act('POST', path + '/gap', { pips: 50 }), one.symbol + ': gap 50 pips up'), ' ',
      button('News', () => act('POST', path + '/spike', { pips: 80 }), one.symbol + ': news spike'), ' ',
      button(one.open ? 'Close' : 'Open', () => act('POST', path + (one.open ? '/close' : '/open')), one.symbol + ': ' + (one.open ? 'close' : 'open') + ' the market'), ' ',
      one.held || one.tradingByHand || one.silent ? button('Release', () => act('POST', path + '/release'), one.symbol + ': release') : '')
    return row(el('td', {}, one.symbol, ' ', state), td(one.bid, 'n'), td(one.ask, 'n'), el('td', { class: 'act' }, hands))
  }), 'No symbols.')
  const list = at('symbols')
  if (list.options.length === 0) list.append(...symbols.map((one) => el('option', { value: one.symbol }, one.symbol)))
}

function showAccounts(accounts) {
  fill('accounts', accounts.map((one) => row(
    td(String(one.account)), el('td', {}, host(one.isLive ? 'live' : 'demo')), td(one.accountType.toLowerCase()),
    td(one.balance + ' ' + one.depositAsset, 'n'), td(String(one.positions.length), 'n'),
    el('td', { class: 'act' },
      button('Disconnect', () => act('POST', '/accounts/' + one.account + '/disconnect', {}), 'Disconnect account ' + one.account), ' ',
      button('End tokens', () => act('POST', '/tokens/invalidate', { account: one.account }), 'Invalidate the tokens of account ' + one.account)))), 'No accounts.')
  const positions = accounts.flatMap((one) => one.positions.map((position) => ({ ...position, account: one.account })))
  fill('positions', positions.map((one) => row(
    td(String(one.positionId)), td(String(one.account)), td(one.symbol), el('td', { class: one.side === 'buy' ? 'up' : 'down' }, one.side),
    td(one.volume, 'n'), td(one.price, 'n'), td(one.stopLoss, 'n'), td(one.takeProfit, 'n'))), 'No open positions.')
}

function showConnections(connections) {
  fill('connections', connections.map((one) => row(
    td('#' + one.connection), el('td', {}, host(one.host)), td(one.accounts.join(', ') || (one.clientId ? 'application only' : 'nobody yet')),
    td(String(one.received), 'n'), td(String(one.sent), 'n'), td(String(one.queuedBytes), 'n'),
    el('td', { class: 'act' },
      one.mute ? el('span', { class: 'tag warn' }, 'mute') : '', ' ',
      button('Close', () => act('POST', '/connections/cut', { connection: one.connection, how: 'close' }), 'Close connection ' + one.connection), ' ',
      button('Reset', () => act('POST', '/connections/cut', { connection: one.connection, how: 'reset' }), 'Reset connection ' + one.connection)))), 'Nobody is connected.')
}

function showFaults(faults) {
  fill('faults', faults.map((one) => {
    const { fault, ...scope } = one.rule
    const words = Object.entries(scope).map(([key, value]) => key + ' ' + JSON.stringify(value)).join(', ')
    return row(td('#' + one.id), td(fault), td(words || 'everything', 'wide'), td(one.acted + ' of ' + one.matched, 'n'),
      el('td', { class: 'act' }, button('Remove', () => act('DELETE', '/faults/' + one.id), 'Remove fault ' + one.id)))
  }), 'No faults: everything works.')
}

function showJournal(entries) {
  const body = at('journal')
  for (const one of entries) {
    const code = one.payload.errorCode
    body.prepend(named(body, el('tr', {},
      td(String(one.seq), 'n'), td(time(one.at)), td(one.direction === 'received' ? '→' : '←'), td('#' + one.connection),
      td(one.request || (one.message || String(one.payloadType)).replace(/^ProtoOA?/, '')), td(one.account), td(one.clientMsgId, 'wide'),
      el('td', { class: code ? 'down' : '' }, one.problem || code || (one.fault ? 'fault #' + one.fault : '')))))
  }
  while (body.rows.length > 200) body.lastElementChild.remove()
  filterJournal()
  at('journal-count').textContent = String(mark)
}

function filterJournal() {
  const wanted = at('filter').value.trim().toLowerCase()
  for (const line of at('journal').rows) line.hidden = wanted !== '' && !line.textContent.toLowerCase().includes(wanted)
}

function showHead(state) {
  at('now').textContent = state.time.iso.replace('T', ' ').replace('Z', ' UTC')
  at('mode').textContent = state.time.mode + ' time'
  at('advance').hidden = state.time.mode !== 'owned'
  const under = state.maintenance !== null
  const toggle = at('maintenance')
  toggle.textContent = under ? 'End maintenance' : 'Maintenance'
  toggle.className = under ? 'on' : ''
  toggle.setAttribute('aria-pressed', String(under))
}

async function refresh() {
  if (busy) return
  busy = true
  try {
    const state = await ask('GET', '/state?since=' + mark)
    mark = state.mark
    showHead(state)
    showMarket(state.symbols)
    showAccounts(state.accounts)
    showConnections(state.connections)
    showFaults(state.faults)
    showJournal(state.entries)
    at('state').textContent = 'live'
    at('state').className = 'state'
  } catch (error) {
    at('state').textContent = 'not answering'
    at('state').className = 'state lost'
  } finally {
    busy = false
  }
}

at('maintenance').addEventListener('click', () =>
  at('maintenance').getAttribute('aria-pressed') === 'true' ? act('DELETE', '/maintenance') : act('POST', '/maintenance', {}))
for (const step of document.querySelectorAll('#advance button'))
  step.addEventListener('click', () => act('POST', '/time/advance', { ms: Number(step.dataset.ms) }))
at('price').addEventListener('submit', (event) => {
  event.preventDefault()
  const fields = new FormData(event.target)
  const body = {}
  for (const side of ['bid', 'ask']) if (fields.get(side) !== '') body[side] = fields.get(side)
  act('POST', '/market/' + encodeURIComponent(fields.get('symbol')) + '/price', body)
})
at('fault').addEventListener('submit', (event) => {
  event.preventDefault()
  const fields = new FormData(event.target)
  const rule = { fault: fields.get('fault') }
  for (const name of ['message', 'errorCode']) if (fields.get(name) !== '') rule[name] = fields.get(name)
  for (const name of ['nth', 'probability', 'ms', 'bytes', 'bytesPerSecond']) if (fields.get(name)) rule[name] = Number(fields.get(name))
  act('POST', '/faults', rule)
})
function fitFields() {
  const fault = at('kind').value
  const needs = { delay: ['ms'], 'delay-answer': ['ms'], 'delay-sending': ['ms'], refuse: ['errorCode'], slice: ['bytes'], throttle: ['bytesPerSecond'] }[fault] || []
  for (const label of document.querySelectorAll('#fault [data-field]')) {
    label.hidden = !needs.includes(label.dataset.field)
    if (label.hidden) label.querySelector('input').value = ''
  }
  at('message').hidden = fault === 'slice' || fault === 'throttle'
  if (at('message').hidden) at('message').querySelector('input').value = ''
}
at('kind').addEventListener('change', fitFields)
at('clear-faults').addEventListener('click', () => act('DELETE', '/faults'))
at('cut-all').addEventListener('click', () => act('POST', '/connections/cut', {}))
at('release-all').addEventListener('click', () => act('POST', '/market/release'))
at('filter').addEventListener('input', filterJournal)
fitFields()
refresh()
setInterval(refresh, 1000)
`
