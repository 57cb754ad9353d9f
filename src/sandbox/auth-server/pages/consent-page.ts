import { html } from 'hono/html'
import type { Ctid, Scope } from '../../identity/index.ts'
import type { AuthorizeRequest } from '../authorize-request.ts'
import type { ConsentAccount } from '../consent-account.ts'
import { accountTag } from './account-tag.ts'
import { type Html, layout } from './layout.ts'

/** A button that ticks or clears a group of accounts; the page comes back with it done. */
export type TickButton = 'demo-all' | 'demo-none' | 'live-all' | 'live-none'

export interface ConsentPage {
  readonly request: AuthorizeRequest
  readonly ctid: Ctid
  readonly accounts: readonly ConsentAccount[]
  /** The accounts that are ticked. */
  readonly ticked: ReadonlySet<number>
  readonly formToken: string
  /** What went wrong last time. */
  readonly message?: string | undefined
  /** The button that was just pressed; whoever uses the keyboard goes on from there. */
  readonly pressed?: TickButton | undefined
}

/** Asks whether the application may have access, and to which accounts. */
export function consentPage(page: ConsentPage): Html {
  const { application, redirectUri, scope, bare } = page.request
  const hidden = (step: string): Html => html`<input type="hidden" name="step" value="${step}">
<input type="hidden" name="form_token" value="${page.formToken}">`
  return layout(
    { title: 'Allow access', bare },
    html`<div class="app">
<div class="badge" aria-hidden="true">${[...application.name.trim()][0]?.toUpperCase() ?? '?'}</div>
<div><h1>${application.name} asks for access to your trading accounts</h1>
${application.description === '' ? '' : html`<p class="quiet about">${application.description}</p>`}</div>
</div>
<form method="post" class="who small">
${hidden('sign-out')}
<span>Signed in as <b>${page.ctid.username}</b></span>
<button class="link" type="submit">Not you?</button>
</form>
${page.message === undefined ? '' : html`<p class="message" role="alert">${page.message}</p>`}
<form method="post">
${hidden('decision')}
${scopeLists(application.name, scope)}
<h2>Accounts it may use</h2>
${page.accounts.length === 0 ? html`<p class="message">This cTrader ID has no trading accounts.</p>` : ''}
${accountGroup(page, 'demo')}
${accountGroup(page, 'live')}
<div class="buttons">
<button class="first" type="submit" name="decision" value="allow">Allow access</button>
<button class="second" type="submit" name="decision" value="deny">Deny</button>
</div>
<p class="quiet small after">Afterwards you are sent to <span class="mono">${hostOf(redirectUri)}</span>. Accounts you open later are not included.</p>
</form>`,
  )
}

function accountGroup(page: ConsentPage, kind: 'demo' | 'live'): Html | '' {
  const accounts = page.accounts.filter((account) => account.isLive === (kind === 'live'))
  if (accounts.length === 0) return ''
  const title = kind === 'demo' ? 'Demo accounts' : 'Live accounts'
  const button = (what: 'all' | 'none', text: string, label: string): Html => {
    const value = `${kind}-${what}` as const
    return html`<button class="link" type="submit" name="tick" value="${value}" aria-label="${label}"${page.pressed === value ? ' autofocus' : ''}>${text}</button>`
  }
  const tickButtons = html`<div class="pick small">
${button('all', 'Select all', `Select all ${kind} accounts`)}
${button('none', 'Clear', `Clear all ${kind} accounts`)}
</div>`
  return html`<fieldset class="${kind}"><legend>${title}</legend>
${accounts.length > 1 ? tickButtons : ''}
<div class="accounts">
${accounts.map((account) => accountRow(account, page.ticked.has(account.accountId)))}</div>
</fieldset>
`
}

function accountRow(account: ConsentAccount, ticked: boolean): Html {
  const kind = account.accountType.toLowerCase().replace('_', ' ')
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
<ul class="allowed">${scope === 'trading' ? html`<li class="strong"><b>trade for you:</b> ${trade}</li>` : ''}${see}</ul>
<h2 class="list">It will not be able to</h2>
<ul class="allowed not">${scope === 'trading' ? '' : html`<li>trade: ${trade}</li>`}${hands}</ul>`
}

function hostOf(redirectUri: string): string {
  return URL.canParse(redirectUri) ? new URL(redirectUri).host || redirectUri : redirectUri
}
