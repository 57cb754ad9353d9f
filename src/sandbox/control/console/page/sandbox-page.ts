import { html } from 'hono/html'
import { box, choice, dialog, field, type Html, part, small } from './parts.ts'

/** Where things are, time, maintenance, and how to put everything back. */
export function sandboxPage(facts: readonly (readonly [name: string, value: string])[]): Html {
  return html`<div class="column">
${box(
  { id: 'connect', title: 'Connect to it' },
  html`<dl class="facts">${facts.map(
    ([name, value]) =>
      html`<dt>${name}</dt><dd><code>${value}</code><button type="button" class="small" data-copies="${value}" aria-label="Copy: ${name}">Copy</button></dd>`,
  )}</dl>
<p class="hint">Client secrets and tokens are under Logins, and in the line that the sandbox printed.</p>`,
)}
</div>
<div class="column">
${box(
  { id: 'time', title: 'Time' },
  html`<p class="what" id="time-words"></p>
<div id="owned" hidden>
<form class="row" id="advance-by">
${field('amount', 'Move on by', 'inputmode="decimal" value="1"', 'short')}
${choice(
  'unit',
  'Unit',
  [
    ['3600000', 'hours'],
    ['1000', 'seconds'],
    ['60000', 'minutes'],
    ['86400000', 'days'],
  ],
  '',
  'short',
)}
<label class="tick"><input type="checkbox" name="countsAsSilence"> <span>Counts as silence of the clients</span></label>
<button class="first">Move on</button>
<p class="wrong" role="alert"></p>
</form>
<form class="row" id="run-until">
${field('message', 'Run until', 'placeholder="newOrder"')}
${choice(
  'direction',
  'Way',
  [
    ['', 'either'],
    ['received', 'received'],
    ['sent', 'sent'],
  ],
  '',
  'short',
)}
${field('atMost', 'Within minutes', 'inputmode="decimal" value="60"', 'short')}
<button>Run</button>
<p class="wrong" role="alert"></p>
</form>
</div>`,
)}
${box(
  { id: 'window', title: 'Maintenance' },
  html`<p class="what" id="window-words"></p>
<form class="row" id="begin-window">
${choice(
  'host',
  'Host',
  [
    ['', 'both'],
    ['demo', 'demo'],
    ['live', 'live'],
  ],
  '',
  'short',
)}
${choice('of', 'Who is away', [
  ['server', 'the server'],
  ['broker', 'the broker behind it'],
])}
${field('seconds', 'For seconds', 'inputmode="decimal" placeholder="until ended"', 'short')}
<button>Begin</button>
<p class="wrong" role="alert"></p>
</form>`,
)}
${part({
  id: 'snapshots',
  title: 'Snapshots',
  columns: ['Snapshot', 'Taken at', '|act'],
  side: small('take', 'Take', 'Take a snapshot'),
  form: html`<p class="hint">Accounts, money, orders, people, applications, tokens and prices. Faults, switches, maintenance and the journal stay as they are.</p>
<label class="tick"><input type="checkbox" id="keep-connections"> <span>Clients keep their connections when it is put back</span></label>`,
})}
${box(
  { id: 'restart', title: 'Start over' },
  html`<p class="hint">Puts everything back to the start, cuts all connections, and forgets faults, switches, maintenance and the journal.</p>
<button type="button" class="danger" id="reset">Reset the sandbox</button>`,
)}
</div>`
}

/** What opens above the page. */
export function sandboxDialogs(): Html {
  return html`${dialog('sure', 'Are you sure?', 'Yes', html`<p class="what" data-what></p>`)}`
}
