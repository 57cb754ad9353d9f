/** The switches of the authorization server. */
export const switchesScript = `
import { at, setText } from './dom.js'
import { act, carryOut } from './talk.js'

const form = at('switch-form')
const presets = JSON.parse(form.dataset.presets)
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other)
const alike = (one, other) => Object.keys(one).every((name) => same(one[name], other[name]))

/** The switches that do not stand where they stood at the start. */
export const changedSwitches = ({ behaviour, initialBehaviour }) =>
  Object.keys(behaviour).filter((name) => !same(behaviour[name], initialBehaviour[name]))

export function showSwitches(auth) {
  const changed = changedSwitches(auth)
  for (const line of form.querySelectorAll('[data-switch]')) {
    const name = line.dataset.switch
    line.classList.toggle('changed', changed.includes(name))
    put(line, auth.behaviour[name])
  }
  setText(at('preset'), alike(auth.behaviour, presets.ctrader) ? 'as cTrader' : alike(auth.behaviour, presets.rfc) ? 'as the RFC' : 'mixed')
  const codes = Object.keys(auth.behaviour.errorCodes).length
  setText(at('error-codes'), codes === 0 ? '' : 'Error codes of your own, set over HTTP: ' + codes + '.')
}

/** Shows where a switch stands, unless somebody is typing there or what they chose is on its way. */
function put(line, value) {
  const typing = line.querySelector('[data-type=number]:focus') !== null
  if (typing || line.querySelector('[aria-invalid]') || line.dataset.sending) return
  for (const control of line.querySelectorAll('input, select')) {
    if (control.type === 'checkbox') control.checked = value.includes(control.value)
    else control.value = control.dataset.type === 'number' ? String(value) : JSON.stringify(value)
  }
}

function positionOf(line, control) {
  if (control.type === 'checkbox') return [...line.querySelectorAll(':checked')].map((one) => one.value)
  if (control.dataset.type !== 'number') return JSON.parse(control.value)
  const text = control.value.trim()
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

form.addEventListener('submit', (event) => event.preventDefault())
form.addEventListener('change', async ({ target }) => {
  const line = target.closest('[data-switch]')
  const problem = form.querySelector('.wrong')
  line.dataset.sending = 'yes'
  try {
    await carryOut('PATCH', '/oauth/behaviour', { [line.dataset.switch]: positionOf(line, target) })
    target.removeAttribute('aria-invalid')
    problem.textContent = ''
  } catch (error) {
    target.setAttribute('aria-invalid', 'true')
    problem.textContent = error.message
  } finally {
    delete line.dataset.sending
  }
})

async function setAll(method, body) {
  for (const control of form.querySelectorAll('[aria-invalid]')) control.removeAttribute('aria-invalid')
  form.querySelector('.wrong').textContent = ''
  await act(method, '/oauth/behaviour', body)
}
at('preset-ctrader').addEventListener('click', () => setAll('PUT', { preset: 'ctrader' }))
at('preset-rfc').addEventListener('click', () => setAll('PUT', { preset: 'rfc' }))
at('switches-back').addEventListener('click', () => setAll('DELETE'))
`
