import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import { markSvg } from '../../auth-server/pages/layout.ts'
import { authorizationPage } from './page/authorization-page.ts'
import { loginsDialogs, loginsPage } from './page/logins-page.ts'
import type { Html } from './page/parts.ts'
import { sandboxDialogs, sandboxPage } from './page/sandbox-page.ts'
import { tradingDialogs, tradingPage } from './page/trading-page.ts'
import { trafficDialogs, trafficPage } from './page/traffic-page.ts'
import { scripts } from './script/index.ts'
import { consoleStyle } from './style/index.ts'

export interface ConsoleOptions {
  readonly seed: number
  /** Lets the page's script call the admin API. */
  readonly adminToken: string
  /** What a newcomer needs to connect. */
  readonly facts: () => readonly (readonly [name: string, value: string])[]
}

/**
 * The console: a page that shows what goes on in the sandbox and has a switch for most of what `sandbox.control` and
 * `sandbox.auth` do.
 *
 * It holds the admin token, for its script has to call the admin API. A page of another site cannot read it: nothing
 * here allows other origins, and requests for other host names have been refused before.
 */
export function consoleApp(options: ConsoleOptions): Hono {
  const app = new Hono({ strict: false })
  app.get('/', (context) => {
    context.header(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    )
    return context.html(page(options))
  })
  app.get('/console.css', (context) =>
    context.body(consoleStyle, 200, { 'Content-Type': 'text/css; charset=utf-8' }),
  )
  for (const [name, script] of Object.entries(scripts)) {
    app.get(`/console/${name}.js`, (context) =>
      context.body(script, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
    )
  }
  return app
}

const tabs = [
  ['trading', 'Trading'],
  ['traffic', 'Traffic'],
  ['logins', 'Logins'],
  ['authorization', 'OAuth'],
  ['sandbox', 'Sandbox'],
] as const

function page({ seed, adminToken, facts }: ConsoleOptions): Html {
  const contents: Readonly<Record<(typeof tabs)[number][0], Html>> = {
    trading: tradingPage(),
    traffic: trafficPage(),
    logins: loginsPage(),
    authorization: authorizationPage(),
    sandbox: sandboxPage(facts()),
  }
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="admin-token" content="${adminToken}">
<title>Console · cTrader sandbox</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/console.css">
<script src="/console/main.js" type="module"></script>
</head>
<body>
<header class="top">
<h1>${raw(markSvg)} cTrader sandbox <span class="tag">seed ${seed}</span></h1>
<span class="state" id="state" role="status">connecting</span>
<button type="button" id="maintenance" aria-pressed="false">Maintenance</button>
<span id="advance" hidden>
<button type="button" data-ms="1000">+1 s</button>
<button type="button" data-ms="60000">+1 min</button>
<button type="button" data-ms="3600000">+1 h</button>
</span>
<span class="clock"><b id="now">…</b> <span class="quiet" id="mode"></span></span>
</header>
<div class="tabs" role="tablist" aria-label="Parts of the console">${tabs.map(
    ([id, title], index) =>
      html`<button type="button" role="tab" id="tab-${id}" aria-controls="panel-${id}" aria-selected="${index === 0}" tabindex="${index === 0 ? 0 : -1}">${title} <span class="count warn" id="${id}-alarm" hidden></span></button>`,
  )}</div>
<main>${tabs.map(
    ([id], index) =>
      html`<div class="panel" role="tabpanel" id="panel-${id}" aria-labelledby="tab-${id}" ${raw(index === 0 ? '' : 'hidden')}>${contents[id]}</div>`,
  )}</main>
${[tradingDialogs(), trafficDialogs(), loginsDialogs(), sandboxDialogs()]}
<noscript><p class="noscript">The console needs JavaScript. Everything is there over HTTP as well.</p></noscript>
<div class="note" id="note" hidden><p role="alert" id="note-text"></p><button type="button" class="small" id="note-close">Dismiss</button></div>
<p class="note good" id="done" role="status" hidden></p>
</body>
</html>
`
}
