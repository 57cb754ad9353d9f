import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import { markSvg } from '../../auth-server/pages/layout.ts'
import { faultNames } from '../fault-check.ts'
import { consoleScript } from './console-script.ts'
import { consoleStyle } from './console-style.ts'

export interface ConsoleOptions {
  readonly seed: number
  /** Lets the page's script call the admin API. */
  readonly adminToken: string
  /** What a newcomer needs to connect. */
  readonly facts: () => readonly (readonly [name: string, value: string])[]
}

/**
 * The console: a page that shows what goes on in the sandbox and has a switch for most of what `sandbox.control` does.
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
  app.get('/console.js', (context) =>
    context.body(consoleScript, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  )
  return app
}

type Html = ReturnType<typeof html>

function page({ seed, adminToken, facts }: ConsoleOptions): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="admin-token" content="${adminToken}">
<title>Console · cTrader sandbox</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/console.css">
<script src="/console.js" defer></script>
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
<main>
${part(
  'market',
  'Market',
  'half',
  ['Symbol', 'Bid|n', 'Ask|n', ''],
  html`<form class="row" id="price">
<label>Symbol<select name="symbol" id="symbols"></select></label>
<label>Bid<input name="bid" inputmode="decimal" autocomplete="off" placeholder="1.12569"></label>
<label>Ask<input name="ask" inputmode="decimal" autocomplete="off" placeholder="as far as now"></label>
<button class="first">Set and hold</button>
</form>`,
  html`<button type="button" class="small" id="release-all">Release all</button>`,
)}
${part('journal', 'Journal', 'half', ['#|n', 'Time', '', 'On', 'Message', 'Account', 'Id', ''], html`<form class="row"><label>Show only<input id="filter" type="search" autocomplete="off" placeholder="newOrder, 1001, ERROR …"></label></form>`)}
${part('accounts', 'Accounts', 'half', ['Account', 'Host', 'Type', 'Balance|n', 'Open|n', ''])}
${part('positions', 'Positions', 'half', ['Position', 'Account', 'Symbol', 'Side', 'Volume|n', 'Price|n', 'Stop loss|n', 'Take profit|n'])}
${part('connections', 'Connections', 'half', ['Connection', 'Host', 'Accounts', 'In|n', 'Out|n', 'Queued|n', ''], '', html`<button type="button" class="small" id="cut-all">Cut all</button>`)}
${part('faults', 'Faults', 'half', ['Rule', 'Fault', 'About', 'Acted|n', ''], faultForm, html`<button type="button" class="small" id="clear-faults">Remove all</button>`)}
<section>
<h2>Connect to it</h2>
<dl>${facts().map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`)}</dl>
</section>
</main>
<div class="note" id="note" role="alert" hidden></div>
</body>
</html>
`
}

function part(
  id: string,
  title: string,
  size: string,
  columns: readonly string[],
  form: Html | string = '',
  side: Html | string = '',
): Html {
  return html`<section class="${size}" aria-labelledby="${id}-title">
<h2><span id="${id}-title">${title}</span> <span class="count" id="${id}-count">0</span><span class="side">${side}</span></h2>
${form}
<div class="scroll${id === 'journal' || id === 'market' ? ' tall' : ''}" tabindex="0" role="region" aria-label="${title}"><table>
<thead><tr>${columns.map((column) => {
    const [name, kind = ''] = column.split('|')
    return html`<th scope="col" class="${kind}">${name}</th>`
  })}</tr></thead>
<tbody id="${id}"></tbody>
</table></div>
</section>`
}

const field = (name: string, label: string, type: string): Html =>
  html`<label class="short" data-field="${name}">${label}<input name="${name}" ${raw(type)}></label>`

const faultForm = html`<form class="row" id="fault">
<label>Fault<select name="fault" id="kind">${faultNames.map((name) => html`<option>${name}</option>`)}</select></label>
<label id="message">Message<input name="message" autocomplete="off" placeholder="newOrder; empty for all"></label>
${field('errorCode', 'Error code', 'autocomplete="off" placeholder="MARKET_CLOSED"')}
${field('ms', 'Ms', 'inputmode="numeric"')}
${field('bytes', 'Bytes', 'inputmode="numeric"')}
${field('bytesPerSecond', 'Bytes/s', 'inputmode="numeric"')}
<label class="short">Nth<input name="nth" inputmode="numeric" autocomplete="off"></label>
<label class="short">Chance<input name="probability" inputmode="decimal" autocomplete="off" placeholder="1"></label>
<button class="first">Add</button>
</form>`
