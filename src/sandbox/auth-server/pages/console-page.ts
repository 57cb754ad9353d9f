import { html } from 'hono/html'
import type { Application, Ctid } from '../../identity/index.ts'
import type { ConsentAccount } from '../consent-account.ts'
import { accountTag } from './account-tag.ts'
import { type Html, layout } from './layout.ts'

/** The front page: what this is, where things are, and who may sign in. Shows passwords, but no secrets and no tokens. */
export function consolePage(page: {
  readonly origin: string
  readonly authorizePaths: readonly string[]
  readonly tokenPath: string
  readonly applications: readonly Application[]
  readonly ctids: readonly Ctid[]
  readonly accounts: readonly ConsentAccount[]
}): Html {
  const address = (path: string): Html => html`<code>${page.origin}${path}</code>`
  return layout(
    { title: 'Console', wide: true },
    html`<h1>cTrader sandbox</h1>
<p>A cTrader Open API on your own machine: this authorization server, and API servers for demo and live accounts. It imitates the original for development and tests; it is not connected to it, and the money is not real. The ports of the API servers, the client secret and ready-made tokens are in the line the sandbox printed when it started.</p>
<h2>Authorization server</h2>
<dl>
<dt>Authorize</dt>
<dd>${page.authorizePaths.map((path) => html`${address(path)}<br>`)}</dd>
<dt>Token</dt>
<dd>${address(page.tokenPath)}</dd>
</dl>
${page.applications.map(applicationPart)}
${page.ctids.map((ctid) => ctidPart(ctid, page.accounts))}`,
  )
}

const kinds = { HEDGED: 'Hedged', NETTED: 'Netted', SPREAD_BETTING: 'Spread betting' } as const

function applicationPart(application: Application): Html {
  return html`<h2>Application ${application.name} <span class="tag ${application.status}">${application.status}</span></h2>
<dl>
<dt>Client ID</dt><dd><code>${application.clientId}</code></dd>
<dt>Redirect URIs</dt>
<dd>${application.redirectUris.map((uri) => html`<code>${uri}</code><br>`)}</dd>
</dl>
`
}

function ctidPart(ctid: Ctid, accounts: readonly ConsentAccount[]): Html {
  const own = accounts.filter((account) => ctid.accountIds.includes(account.accountId))
  return html`<h2>cTrader ID ${ctid.username}</h2>
<dl>
<dt>User name</dt><dd><code>${ctid.username}</code></dd>
<dt>Password</dt><dd><code>${ctid.password}</code></dd>
</dl>
<h2>Accounts of ${ctid.username}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Accounts of ${ctid.username}"><table>
<thead><tr><th scope="col">Account ID</th><th scope="col">Login</th><th scope="col">Kind</th><th scope="col">Currency</th><th scope="col">Positions</th><th scope="col">Broker</th></tr></thead>
<tbody>
${own.map(
  (account) => html`<tr><td>${account.accountId}</td><td>${account.traderLogin}</td>
<td>${accountTag(account)}</td>
<td>${account.depositAsset}</td><td>${kinds[account.accountType]}</td><td>${account.brokerName}</td></tr>
`,
)}
</tbody>
</table></div>
`
}
