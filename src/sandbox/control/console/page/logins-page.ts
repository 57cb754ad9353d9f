import { html } from 'hono/html'
import { authorizePaths } from '../../../auth-server/addresses.ts'
import { box, choice, dialog, field, type Html, part, small } from './parts.ts'

/** The portal's applications, the people, and what they have allowed. */
export function loginsPage(): Html {
  return html`<div class="whole">
${box(
  {
    id: 'applications',
    title: 'Applications',
    count: true,
    side: small('register', 'Register', 'Register an application'),
  },
  html`<ul class="cards" id="applications" data-authorize="${authorizePaths[0]}"></ul>
<p class="empty" id="applications-empty"></p>`,
)}
${part({
  id: 'grants',
  title: 'Grants',
  columns: [
    ...['Grant', 'Application', 'Trader', 'Scope', 'Accounts', 'Access token ends', 'Refreshed'],
    ...['Fingerprint', '|act'],
  ],
  side: html`${small('issue', 'Issue', 'Issue a grant')}
${small('expire-all', 'Expire all')}
${small('revoke-all', 'Revoke all')}`,
})}
${part({
  id: 'people',
  title: 'Traders',
  columns: ['Trader', 'User id', 'Password', 'Accounts', '|act'],
  side: small('new-trader', 'New trader'),
})}
</div>`
}

/** What opens above the page. */
export function loginsDialogs(): Html {
  return html`${dialog(
    'application',
    'Register an application',
    'Save',
    html`${field('name', 'Name', 'maxlength="200"')}
<label><span>Description</span><textarea name="description" rows="2" maxlength="2000"></textarea></label>
<label><span>Redirect URIs, one on each line</span><textarea name="redirectUris" rows="3" spellcheck="false" placeholder="http://127.0.0.1:8080/callback"></textarea></label>
<div class="row">${choice('type', 'Type', [
      ['desktop', 'Desktop'],
      ['web', 'Web'],
    ])}
${choice('status', 'Status', [
  ['active', 'Active'],
  ['submitted', 'Submitted'],
])}</div>
<p class="hint">They are compared character by character. A submitted application is refused everywhere until it is active.</p>`,
  )}
${dialog(
  'secret',
  'Client secret',
  '',
  html`<p class="what" data-what></p>
<p class="secret"><code data-secret></code><button type="button" class="small" data-copy aria-label="Copy the secret">Copy</button></p>
<p><button type="button" class="small" id="new-secret">Make a new one</button> <span class="hint">The old one is refused from then on.</span></p>`,
)}
${dialog(
  'grant',
  'Issue a grant',
  'Issue',
  html`<p class="hint">Tokens without a consent page, for a program that is to start logged in. Other grants stay.</p>
${choice('clientId', 'Application', [], 'data-list="applications"')}
<div class="row">${choice('userId', 'Trader', [], 'data-list="people" data-type="number"')}
${choice('scope', 'Scope', [
  ['trading', 'trading'],
  ['accounts', 'accounts (read only)'],
])}</div>
${field('accountIds', 'Accounts', 'data-type="numbers" placeholder="all of the trader: 1001, 1002"')}`,
)}
${dialog(
  'tokens',
  'The new tokens',
  '',
  html`<p class="hint">Shown this once. Later the console only knows their fingerprints.</p>
<h3>Access token</h3><p class="secret"><code data-access></code><button type="button" class="small" data-copy aria-label="Copy the access token">Copy</button></p>
<h3>Refresh token</h3><p class="secret"><code data-refresh></code><button type="button" class="small" data-copy aria-label="Copy the refresh token">Copy</button></p>`,
)}
${dialog(
  'trader',
  'New trader',
  'Create',
  html`${field('username', 'User name')}
<p class="hint">Signs in on the consent page with the password that is made. Accounts are opened under Trading.</p>`,
)}`
}
