/** The line at the top: time, maintenance, and what is set up in the tabs one does not see. */
export const headScript = `
import { at, el, setText } from './dom.js'
import { act } from './talk.js'

export function showHead(state, auth, changed) {
  setText(at('now'), state.time.iso.replace('T', ' ').replace('Z', ' UTC'))
  setText(at('mode'), state.time.mode + ' time')
  at('advance').hidden = state.time.mode !== 'owned'
  const under = state.maintenance !== null
  const toggle = at('maintenance')
  setText(toggle, under ? 'End maintenance' : 'Maintenance')
  toggle.className = under ? 'on' : ''
  toggle.setAttribute('aria-pressed', String(under))
  alarm('traffic', state.faults.length, 'fault', 'faults')
  const waiting = auth.faults.filter(({ rule, struck }) => rule.times === 'always' || struck < (rule.times ?? 1))
  alarm('authorization', waiting.length + changed, 'fault or changed switch', 'faults and changed switches')
}

function alarm(tab, count, one, several) {
  const sign = at(tab + '-alarm')
  sign.hidden = count === 0
  if (sign.dataset.shown === String(count)) return
  sign.dataset.shown = String(count)
  sign.replaceChildren(String(count), el('span', { class: 'unseen' }, ' ' + (count === 1 ? one : several)))
}

export function showState(word, lost) {
  const state = at('state')
  setText(state, word)
  state.className = lost ? 'state lost' : 'state'
}

at('maintenance').addEventListener('click', () =>
  at('maintenance').getAttribute('aria-pressed') === 'true' ? act('DELETE', '/maintenance') : act('POST', '/maintenance', {}))
for (const step of document.querySelectorAll('#advance button'))
  step.addEventListener('click', () => act('POST', '/time/advance', { ms: Number(step.dataset.ms) }))
`
