/** Connections, faults of messages, and the journal. */
export const trafficScript = `
import { at, button, el, fill, hands, host, named, row, setText, tag, td } from './dom.js'
import { fitFields, onSubmit, open } from './form.js'
import { act, carryOut } from './talk.js'
import { clock, partsOf } from './words.js'

const most = 200
let paused = false
let held = []
let kept = 0

export function showTraffic({ connections, faults }) {
  fill('connections', connections.map((one) => row(one.connection,
    td('#' + one.connection), el('td', {}, host(one.host)), td(one.accounts.join(', ') || (one.clientId ? 'application only' : 'nobody yet'), 'wide'),
    td(String(one.received), 'n'), td(String(one.sent), 'n'), td(String(one.queuedBytes), 'n'),
    hands(
      one.mute ? tag('mute', 'warn') : '',
      button('Close', () => act('POST', '/connections/cut', { connection: one.connection, how: 'close' }), 'Close connection ' + one.connection),
      button('Reset', () => act('POST', '/connections/cut', { connection: one.connection, how: 'reset' }), 'Reset connection ' + one.connection)))), 'Nobody is connected.')
  fill('faults', faults.map(({ id, rule, matched, acted }) => {
    const { fault, ...scope } = rule
    return row(id, td('#' + id), td(fault), td(partsOf(scope) || 'everything', 'wide'), td(acted + ' of ' + matched, 'n'),
      hands(button('Remove', () => act('DELETE', '/faults/' + id), 'Remove fault ' + id)))
  }), 'No faults: everything works.')
}

/** Adds what is new to the journal, at the top, and takes away what it has forgotten. */
export function showJournal(entries, count) {
  held = [...held, ...entries].slice(-most)
  kept = count
  setText(at('journal-count'), String(kept))
  if (paused) return setText(at('pause'), held.length === 0 ? 'Go on' : 'Go on (' + held.length + ')')
  const body = at('journal')
  for (const one of held) body.prepend(named(body, line(one)))
  held = []
  while (body.rows.length > Math.min(most, kept)) body.lastElementChild.remove()
  filter()
}

function line(one) {
  const code = one.payload.errorCode
  const name = one.request || (one.message || String(one.payloadType)).replace(/^ProtoOA?/, '')
  const outcome = [one.problem || code, one.fault ? 'fault #' + one.fault : ''].filter((part) => part).join(', ')
  return el('tr', {},
    td(String(one.seq), 'n'), td(clock(one.at)), td((one.direction === 'received' ? '→ in #' : '← out #') + one.connection),
    el('td', { class: 'wide' }, button(name, () => look(one), undefined, 'link')), td(one.account), td(one.clientMsgId, 'wide'), td(outcome, code || one.problem ? 'down' : ''))
}

function look(one) {
  const box = open('entry', {}, JSON.stringify(one.payload, null, 2))
  box.querySelector('h2').textContent = '#' + one.seq + ' ' + (one.message || one.payloadType)
}

function filter() {
  const wanted = at('filter').value.trim().toLowerCase()
  const lines = [...at('journal').rows]
  for (const one of lines) one.hidden = wanted !== '' && !one.textContent.toLowerCase().includes(wanted)
  const shown = lines.some((one) => !one.hidden)
  at('journal').closest('.scroll').hidden = !shown
  setText(at('journal-empty'), shown ? '' : lines.length === 0 ? 'Nothing was said yet.' : 'Nothing of that in the last ' + lines.length + ' messages.')
}

at('filter').addEventListener('input', filter)
at('pause').addEventListener('click', () => {
  paused = !paused
  at('pause').setAttribute('aria-pressed', String(paused))
  at('pause').textContent = paused ? 'Go on' : 'Pause'
  if (!paused) showJournal([], kept)
})
at('clear-journal').addEventListener('click', () => act('DELETE', '/journal'))
at('cut-all').addEventListener('click', () => act('POST', '/connections/cut', {}))
at('clear-faults').addEventListener('click', () => act('DELETE', '/faults'))
fitFields(at('fault'), at('kind'))
onSubmit(at('fault'), (rule) => carryOut('POST', '/faults', rule))
`
