/** Applications, grants and traders. */
export const loginsScript = `
import { at, button, el, fill, hands, offerAll, row, tag, td } from './dom.js'
import { dialog, open, sure } from './form.js'
import { act, ask, carryOut, copy, say, tell } from './talk.js'
import { moment, namesIn, until } from './words.js'

const pathOf = (clientId) => '/oauth/applications/' + encodeURIComponent(clientId)
const { authorize } = at('applications').dataset
let people = []

export function showLogins({ time }, auth) {
  people = auth.people
  fill('applications', auth.applications.map(card), 'No applications. Nobody can log in.')
  showGrants(auth, time.now)
  fill('people', auth.people.map(({ userId, username, password, accountIds }) => row(userId,
    td(username), td(String(userId)), el('td', {}, el('code', {}, password)), td(accountIds.join(', ') || 'none', 'wide'),
    hands(
      button('Copy password', () => copy(password), 'Copy the password of ' + username),
      button('New account', () => open('open-account', { userId }), 'New account for ' + username)))), 'No traders.')
  offerAll('applications', auth.applications.map(({ clientId, name }) => [clientId, name]))
}

const stateful = { active: ['submitted', 'Back to submitted'], submitted: ['active', 'Approve'] }

function card(one) {
  const { clientId, name, description, type, status, redirectUris, playgroundUri } = one
  const [next, verb] = stateful[status]
  const address = authorize + '?' + new URLSearchParams({ client_id: clientId, redirect_uri: playgroundUri, scope: 'trading' })
  return el('li', { class: 'card', 'data-key': clientId },
    el('div', { class: 'head' },
      el('h3', {}, name), tag(status, status === 'active' ? 'good' : 'warn'), tag(type === 'web' ? 'Web' : 'Desktop'),
      el('span', { class: 'side hands' },
        button(verb, () => act('PATCH', pathOf(clientId), { status: next }), verb + ': ' + name, status === 'active' ? 'small' : 'small first'),
        el('a', { class: 'button small', href: address, target: '_blank', rel: 'noreferrer', 'aria-label': 'Try the login of ' + name + ', in a new tab' }, 'Try login'),
        button('Edit', () => edit(one), 'Edit ' + name),
        button('Secret', () => showSecret(clientId, name), 'Show the secret of ' + name),
        button('Remove', () => sure('Remove ' + name + ', and with it every grant it has?', 'Remove', () => carryOut('DELETE', pathOf(clientId))), 'Remove ' + name))),
    el('p', { class: 'about' }, description),
    el('dl', {},
      el('dt', {}, 'Client id'), el('dd', {}, el('code', {}, clientId), ' ', button('Copy', () => copy(clientId), 'Copy the client id of ' + name)),
      el('dt', {}, 'Redirect URIs'), el('dd', {}, redirectUris.length === 0 ? 'none' : redirectUris.map((uri) => el('code', { class: 'line' }, uri)))))
}

let editing
function edit(one) {
  editing = one && one.clientId
  const fields = one ? { name: one.name, description: one.description, redirectUris: one.redirectUris.join('\\n'), type: one.type, status: one.status } : {}
  open('application', fields).querySelector('h2').textContent = one ? 'Edit the application' : 'Register an application'
}
dialog('application', async ({ name, description = '', redirectUris = '', ...rest }) => {
  const given = { name, description, redirectUris: redirectUris.split('\\n').map((uri) => uri.trim()).filter((uri) => uri !== ''), ...rest }
  if (editing) return carryOut('PATCH', pathOf(editing), { ...given, name: name ?? '' })
  const made = await carryOut('POST', '/oauth/applications', given)
  reveal(made)
})
at('register').addEventListener('click', () => edit(undefined))

// A secret is in the page only while its dialog is open.
const secrets = ['secret', 'tokens']
for (const id of secrets) at(id).addEventListener('close', () => {
  for (const code of at(id).querySelectorAll('.secret code')) code.textContent = ''
})
async function showSecret(clientId) {
  try {
    reveal(await ask('GET', pathOf(clientId)))
  } catch (error) {
    say(error.message)
  }
}
let shown
function reveal({ clientId, name, clientSecret }) {
  shown = clientId
  const box = open('secret', {}, 'Of ' + name)
  box.querySelector('[data-secret]').textContent = clientSecret
}
at('new-secret').addEventListener('click', async () => {
  const made = await act('POST', pathOf(shown) + '/secret', {})
  if (made) at('secret').querySelector('[data-secret]').textContent = made.clientSecret
})
for (const one of document.querySelectorAll('[data-copy]')) {
  one.addEventListener('click', () => copy(one.parentElement.querySelector('code').textContent))
}

function showGrants({ applications, grants }, now) {
  const nameOf = namesIn(applications)
  const traderOf = (userId) => (people.find((one) => one.userId === userId) || { username: String(userId) }).username
  fill('grants', grants.map(({ id, clientId, userId, scope, accountIds, expiresAt, generation, accessTokenFingerprint, refreshTokenFingerprint }) => row(id,
    td('#' + id), td(nameOf(clientId), 'wide'), td(traderOf(userId)), td(scope), td(accountIds.join(', '), 'wide'),
    el('td', {}, moment(expiresAt), ' ', expiresAt <= now ? tag('expired', 'warn') : tag('in ' + until(expiresAt - now))),
    td(generation === 1 ? 'never' : generation === 2 ? 'once' : generation - 1 + ' times'), el('td', {}, el('code', {}, accessTokenFingerprint), ' ', refreshTokenFingerprint ? '' : tag('no refresh', 'warn')),
    hands(
      expiresAt <= now ? '' : button('Expire', () => act('POST', '/oauth/grants/expire', { id }), 'Expire grant ' + id),
      button('Revoke', () => act('POST', '/oauth/grants/revoke', { id }), 'Revoke grant ' + id)))), 'No grants: nobody has allowed anything.')
}
at('expire-all').addEventListener('click', () => act('POST', '/oauth/grants/expire', {}))
at('revoke-all').addEventListener('click', () => sure('Revoke every grant? All clients lose their tokens.', 'Revoke all', () => carryOut('POST', '/oauth/grants/revoke', {})))
at('issue').addEventListener('click', () => open('grant'))
dialog('grant', async (given) => {
  const { accessToken, refreshToken } = await carryOut('POST', '/oauth/grants', { ...given, survivesReconsent: true })
  const box = open('tokens')
  box.querySelector('[data-access]').textContent = accessToken
  box.querySelector('[data-refresh]').textContent = refreshToken
})
at('new-trader').addEventListener('click', () => open('trader'))
dialog('trader', async ({ username }) => {
  await carryOut('POST', '/traders', { username: username ?? '' })
  tell('Created. The password is in the list.')
})
`
