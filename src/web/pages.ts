import type { AccountSummary, GrantIdentity } from '../index.ts'
import { type PageMood, renderPage } from '../oauth/callback/callback-pages.ts'

/** What a page of the web login is about. */
export type WebLoginPageName =
  | 'confirm'
  | 'sign-in-first'
  | 'not-accepted'
  | 'nothing-to-confirm'
  | 'linked-elsewhere'
  | 'too-many'
  | 'busy'
  | 'failed'
  | 'unavailable'
  | 'not-here'

/** What a page shows. Only the page `confirm` has an identity; texts in it come from outside: escape them. */
export interface WebLoginPage {
  readonly name: WebLoginPageName
  /** Where a link back leads. */
  readonly returnPath: string
  readonly identity?: GrantIdentity | undefined
  /** The cTrader ID whose grant was to be renewed, when it is another one. */
  readonly expectedUserId?: number | undefined
  /** Where the decision is posted to, as `decision=accept` or `decision=decline`. */
  readonly confirmPath?: string | undefined
}

/** Makes the HTML of a page. */
export type WebLoginPageRenderer = (page: WebLoginPage) => string

type FixedPage = Exclude<WebLoginPageName, 'confirm'>

const texts: Readonly<
  Record<FixedPage, { status: number; mood: PageMood; title: string; text: string }>
> = {
  'sign-in-first': {
    status: 401,
    mood: 'neutral',
    title: 'Sign in first',
    text: 'Sign in to this site, then connect your cTrader accounts.',
  },
  'not-accepted': {
    status: 400,
    mood: 'bad',
    title: 'This link cannot be used',
    text: 'It was used already, has expired, or belongs to another login. Start again from this site, in one window.',
  },
  'nothing-to-confirm': {
    status: 404,
    mood: 'neutral',
    title: 'Nothing to confirm',
    text: 'There is no cTrader login waiting for you here. If you have just confirmed one, all is well.',
  },
  'linked-elsewhere': {
    status: 409,
    mood: 'bad',
    title: 'Connected to another user',
    text: 'This cTrader ID is connected to another user of this site. Nothing was changed.',
  },
  'too-many': {
    status: 429,
    mood: 'neutral',
    title: 'Too many attempts',
    text: 'Wait a few minutes, then try again.',
  },
  busy: {
    status: 503,
    mood: 'neutral',
    title: 'Too busy just now',
    text: 'Too many logins are going on. Try again in a few minutes.',
  },
  failed: {
    status: 502,
    mood: 'bad',
    title: 'The login did not work out',
    text: 'Access was allowed, but cTrader did not give it to this site. Start again; if that does not help, tell whoever runs the site.',
  },
  unavailable: {
    status: 503,
    mood: 'neutral',
    title: 'cTrader cannot be reached',
    text: 'Nothing is wrong with your accounts. Reload this page, or start again in a few minutes.',
  },
  'not-here': { status: 404, mood: 'neutral', title: 'Not here', text: 'There is nothing here.' },
}

const style = `
table{width:100%;margin:20px 0;border-collapse:collapse;text-align:left;font-size:15px}
th{color:var(--soft);font-weight:500;font-size:13px}
th,td{padding:7px 6px;border-bottom:1px solid var(--line)}
form{display:flex;gap:12px;justify-content:center;flex-wrap:wrap;margin-top:24px}
button{font:inherit;padding:10px 22px;border-radius:10px;border:1px solid var(--line);background:none;color:var(--ink);cursor:pointer}
button.main{background:var(--good);border-color:var(--good);color:var(--card);font-weight:600}
.warn{margin-top:16px;padding:10px 14px;border:1px solid var(--bad);border-radius:10px;color:var(--bad)}
b{color:var(--ink)}a{color:var(--neutral)}p+p{margin-top:10px}
@media (max-width:480px){form{flex-direction:column}button{width:100%}}
`.trim()

/** The pages as they come with this package: no scripts, nothing loaded from anywhere, light and dark. */
export const renderWebLoginPage: WebLoginPageRenderer = (page) => {
  if (page.name === 'confirm') return confirmation(page)
  const { mood, title, text } = texts[page.name]
  const back = `<p><a href="${escapeHtml(page.returnPath)}">Back</a></p>`
  return renderPage({ mood, title, style, content: `<p>${text}</p>${back}` })
}

/** The HTTP status a page is sent with. */
export function statusOfPage(name: WebLoginPageName): number {
  return name === 'confirm' ? 200 : texts[name].status
}

function confirmation({ identity, expectedUserId, confirmPath }: WebLoginPage): string {
  const { userId, scope, accounts } = identity as GrantIdentity
  const allows = scope === 'trading' ? 'see and <b>trade</b> on' : 'see, but not trade on,'
  const other =
    expectedUserId === undefined
      ? ''
      : `<p class="warn">You wanted to renew the connection of cTrader ID ${expectedUserId}. This is another one: it will be added, and the other stays as it is.</p>`
  return renderPage({
    mood: 'neutral',
    title: 'Is this you?',
    style,
    content: `<p>You are about to connect <b>cTrader ID ${userId}</b>. This site will be able to ${allows} these accounts:</p>
${accountTable(accounts)}${other}
<form method="post" action="${escapeHtml(confirmPath ?? '')}">
<button name="decision" value="decline">No, do not connect</button>
<button class="main" name="decision" value="accept">Connect</button>
</form>`,
  })
}

function accountTable(accounts: readonly AccountSummary[]): string {
  const rows = accounts.map(({ login, accountId, broker, isLive }) => {
    const cells = [String(login ?? accountId), broker ?? '', isLive ? 'live' : 'demo']
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`
  })
  const body = rows.length === 0 ? '<tr><td colspan="3">none</td></tr>' : rows.join('')
  return `<table><thead><tr><th>Account</th><th>Broker</th><th></th></tr></thead><tbody>${body}</tbody></table>`
}

/** A text as it may stand in HTML, attributes included. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => names[character] ?? character)
}
