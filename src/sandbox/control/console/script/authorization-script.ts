/** Faults of the authorization server, and what it was asked. */
export const authorizationScript = `
import { at, button, el, fill, hands, reconcile, row, tag, td } from './dom.js'
import { fitFields, onSubmit } from './form.js'
import { act, carryOut } from './talk.js'
import { clock, namesIn, partsOf } from './words.js'

const form = at('auth-fault')
const words = { 'before-commit': 'before it is done', 'after-commit': 'after it is done' }

export function showAuthorization(auth) {
  const nameOf = namesIn(auth.applications)
  showFaults(auth.faults, nameOf)
  const first = auth.requestCount - auth.requests.length
  fill('requests', auth.requests.map((one, index) => row(first + index,
    td(clock(one.at).slice(0, 8)), td((one.grantType || 'none').replace('authorization_code', 'code').replace('refresh_token', 'refresh')), td(one.clientId ? nameOf(one.clientId) : 'none', 'wide'),
    td(one.form), el('td', {}, one.fingerprint ? el('code', {}, one.fingerprint) : ''),
    el('td', { class: 'wide ' + (one.outcome === 'tokens' ? 'up' : 'down') }, one.outcome, one.fault ? ' ' : '', one.fault ? tag('fault #' + one.fault, 'warn') : ''))).reverse(), 'No request for tokens yet.')
  at('requests-count').textContent = String(auth.requestCount)
  showFindings(auth.findings, nameOf)
}

function showFaults(faults, nameOf) {
  fill('auth-faults', faults.map(({ id, rule, seen, struck }) => {
    const { action, endpoint, clientId, when, times = 1, ...scope } = rule
    const { kind = 'delay', ...details } = action || {}
    const about = [
      endpoint === 'token' ? 'token endpoint' : 'consent page', words[when], clientId ? 'of ' + nameOf(clientId) : '',
      times === 'always' ? 'always' : times + (times === 1 ? ' time' : ' times'), partsOf(scope), partsOf(details),
    ].filter((one) => one !== '').join(', ')
    const spent = times !== 'always' && struck >= times
    return row(id, td('#' + id), td(kind), td(about, 'wide'), el('td', { class: 'n' }, struck + ' of ' + seen, spent ? ' ' : '', spent ? tag('used up') : ''),
      hands(button('Remove', () => act('DELETE', '/oauth/faults/' + id), 'Remove fault ' + id + ' of logins')))
  }), 'No faults: logins work.')
}

function showFindings(findings, nameOf) {
  const lines = findings.slice(-5).map(({ text, clientId, at: when }, index) =>
    el('li', { 'data-key': String(findings.length - index) + when }, clientId ? text.replace(clientId, nameOf(clientId)) : text))
  at('findings').hidden = lines.length === 0
  reconcile(at('findings'), lines)
}

const kind = form.elements.kind
/** Some faults know only one endpoint; the others take the one that is chosen. */
const endpointOf = () => kind.selectedOptions[0].dataset.only || form.elements.endpoint.value
function follow() {
  const { when } = kind.selectedOptions[0].dataset
  if (when) form.elements.when.value = when
  byEndpoint()
}
/** Steps are of the consent page, kinds of request of the token endpoint. */
function byEndpoint() {
  const isPage = endpointOf() === 'authorize'
  for (const [name, fits] of [['step', isPage], ['grantType', !isPage]]) {
    form.elements[name].disabled = !fits
    form.elements[name].closest('label').hidden = !fits
  }
}
fitFields(form, kind)
kind.addEventListener('change', follow)
form.elements.endpoint.addEventListener('change', byEndpoint)
follow()

onSubmit(form, async ({ kind: name, endpoint, clientId, when, grantType, step, delayMs, skip, times, probability, ...details }) => {
  const scope = { endpoint: endpointOf(), clientId, when, grantType, step, delayMs, skip, times, probability }
  if (name === 'delay') return carryOut('POST', '/oauth/faults', scope)
  if (name === 'answer' && details.status === undefined) details.status = 200
  return carryOut('POST', '/oauth/faults', { ...scope, action: { kind: name, ...details } })
})
at('clear-auth-faults').addEventListener('click', () => act('DELETE', '/oauth/faults'))
at('clear-requests').addEventListener('click', () => act('DELETE', '/oauth/requests'))
`
