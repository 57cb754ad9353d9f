/** Time, maintenance, snapshots, and starting over. */
export const sandboxScript = `
import { at, button, fill, hands, row, setText, td } from './dom.js'
import { onSubmit, sure } from './form.js'
import { act, carryOut, copy, tell } from './talk.js'
import { moment, until } from './words.js'

const modes = {
  real: 'It passes as on this machine. One that you move yourself: ctrader sandbox --time owned.',
  accelerated: 'It passes faster than on this machine, and cannot be moved.',
  given: 'It passes as the clock says that the sandbox was given, and is moved there.',
  owned: 'It stands still until it is moved. The market, fills and lifetimes of tokens go by it.',
}

export function showSandbox({ time, maintenance, snapshots }) {
  setText(at('time-words'), modes[time.mode])
  at('owned').hidden = time.mode !== 'owned'
  setText(at('window-words'), maintenance === null ? 'None. Connections stay during one, and every request is refused.' : windowOf(maintenance, time.now))
  fill('snapshots', snapshots.map(({ id, takenAt, recordings }) => row(id,
    td('#' + id), td(moment(takenAt) + (recordings.length === 0 ? '' : ', while ' + recordings.join(', ') + ' played')),
    hands(
      button('Revert', () => act('POST', '/snapshots/' + id + '/revert', { keepConnections: at('keep-connections').checked }, 'Everything is as in snapshot ' + id + '.'), 'Revert to snapshot ' + id),
      button('Forget', () => act('DELETE', '/snapshots/' + id), 'Forget snapshot ' + id)))), 'No snapshots.')
}

function windowOf({ host, of, endsAt }, now) {
  const where = host === undefined ? 'Both hosts' : 'The ' + host + ' host'
  const end = endsAt === undefined ? 'until it is ended' : 'for another ' + until(endsAt - now)
  return where + ': ' + (of === 'server' ? 'the server' : 'the broker behind it') + ' is away, ' + end + '.'
}

const scaled = (text, unit) => (Number.isFinite(Number(text)) ? Number(text) * unit : text)

onSubmit(at('advance-by'), ({ amount = '', unit, countsAsSilence }) =>
  carryOut('POST', '/time/advance', { ms: scaled(amount, Number(unit)), countsAsSilence }))
onSubmit(at('run-until'), async ({ message, direction, atMost }) => {
  const { entry } = await carryOut('POST', '/time/run-until', { message, direction, atMostMs: atMost && scaled(atMost, 60000) })
  if (entry) tell('Number ' + entry.seq + ' of the journal.')
})
onSubmit(at('begin-window'), ({ seconds, ...given }) => carryOut('POST', '/maintenance', { ...given, forMs: seconds && scaled(seconds, 1000) }))
at('take').addEventListener('click', () => act('POST', '/snapshots'))
at('reset').addEventListener('click', () => sure('Put everything back to the start and cut all connections?', 'Reset', async () => {
  await carryOut('POST', '/reset')
  tell('The sandbox is as at its start.')
}))
for (const one of document.querySelectorAll('[data-copies]')) one.addEventListener('click', () => copy(one.dataset.copies))
`
