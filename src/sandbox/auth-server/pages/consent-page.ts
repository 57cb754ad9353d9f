import { html } from 'hono/html'
import type { Ctid, Scope } from '../../identity/index.ts'
import type { AuthorizeRequest } from '../authorize-request.ts'
import type { ConsentAccount } from '../consent-account.ts'
import { accountTag } from './account-tag.ts'
import { type Html, layout } from './layout.ts'

/** Asks whether the application may have access, and to which accounts. */
export function consentPage(page: {
  readonly request: AuthorizeRequest
  readonly ctid: Ctid
  readonly accounts: readonly ConsentAccount[]
  /** The accounts that are ticked. */
  readonly ticked: ReadonlySet<number>
  readonly formToken: string
  /** What went wrong last time. */
  readonly message?: string | undefined
}): Html {
  const { application, redirectUri, scope, bare } = page.request
  const hidden = (step: string): Html => html`<input type="hidden" name="step" value="${step}">
<input type="hidden" name="form_token" value="${page.formToken}">`
  const group = (title: string, accounts: readonly ConsentAccount[]): Html | '' =>
    accounts.length === 0
      ? ''
      : html`<fieldset><legend>${title}</legend>
${accounts.map((account) => accountRow(account, page.ticked.has(account.accountId)))}
</fieldset>`
  return layout(
    { title: 'Allow access', bare },
    html`<div class="badge" aria-hidden="true">${[...application.name.trim()][0]?.toUpperCase() ?? '?'}</div>
<h1>${application.name} asks for access to your trading accounts</h1>
<form method="post" class="who small">
${hidden('sign-out')}
<span>Signed in as <b>${page.ctid.username}</b></span>
<button class="link" type="submit">Not you?</button>
</form>
${page.message === undefined ? '' : html`<p class="message" role="alert">${page.message}</p>`}
<form method="post">
${hidden('decision')}
${scopeLists(application.name, scope)}
${group(
  'Demo accounts',
  page.accounts.filter((account) => !account.isLive),
)}
${group(
  'Live accounts',
  page.accounts.filter((account) => account.isLive),
)}
${page.accounts.length === 0 ? html`<p class="message">This cTrader ID has no trading accounts.</p>` : ''}
<p class="quiet small">Afterwards you are sent to <span class="mono">${hostOf(redirectUri)}</span>. Accounts you open later are not included.</p>
<div class="buttons">
<button class="first" type="submit" name="decision" value="allow">Allow access</button>
<button class="second" type="submit" name="decision" value="deny">Deny</button>
</div>
</form>`,
  )
}

function accountRow(account: ConsentAccount, ticked: boolean): Html {
  const kind = account.accountType === 'HEDGED' ? 'hedged' : 'netted'
  return html`<label class="account">
<input type="checkbox" name="account" value="${account.accountId}"${ticked ? ' checked' : ''}>
<span class="name"><b>${account.traderLogin}</b> ${accountTag(account)}
<span class="quiet small">${account.brokerName}, ${kind}</span></span>
<span class="currency">${account.depositAsset}</span>
</label>
`
}

function scopeLists(name: string, scope: Scope): Html {
  const see = html`<li>see the accounts you tick: balance, positions, orders and history</li>
<li>see symbols and prices</li>`
  const trade = 'place, change and cancel orders, and close positions'
  const hands = html`<li>see your password</li>
<li>deposit or withdraw money</li>`
  return html`<h2 class="list">${name} will be able to</h2>
<ul class="allowed">${see}${scope === 'trading' ? html`<li><b>trade for you:</b> ${trade}</li>` : ''}</ul>
<h2 class="list">It will not be able to</h2>
<ul class="allowed not">${scope === 'trading' ? '' : html`<li>trade: ${trade}</li>`}${hands}</ul>`
}

function hostOf(redirectUri: string): string {
  return URL.canParse(redirectUri) ? new URL(redirectUri).host || redirectUri : redirectUri
}
