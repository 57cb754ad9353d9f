import { html } from 'hono/html'
import { faultNames, faultShapes } from '../../fault-check.ts'
import { dialog, field, type Html, part, small, sometimes } from './parts.ts'

/** Connections, what goes over them, and what goes wrong with it. */
export function trafficPage(): Html {
  return html`<div class="column">
${part({
  id: 'connections',
  title: 'Connections',
  columns: ['#', 'Host', 'Accounts', 'In|n', 'Out|n', 'Queued|n', '|act'],
  side: small('cut-all', 'Cut all'),
})}
${part({
  id: 'faults',
  title: 'Faults',
  columns: ['Rule', 'Fault', 'About', 'Acted|n', '|act'],
  side: small('clear-faults', 'Remove all'),
  form: faultForm(),
})}
</div>
<div class="column">
${part({
  id: 'journal',
  title: 'Journal',
  columns: ['#|n', 'Time', 'Way', 'Message', 'Account', 'Id', 'Outcome'],
  tall: true,
  side: html`<button type="button" class="small" id="pause" aria-pressed="false">Pause</button>
${small('clear-journal', 'Clear', 'Clear the journal')}`,
  form: html`<form class="row"><label><span>Show only</span><input id="filter" type="search" autocomplete="off" placeholder="newOrder, 1001, ERROR …"></label></form>`,
})}
</div>`
}

/** What opens above the page. */
export function trafficDialogs(): Html {
  return html`${dialog('entry', 'Message', '', html`<pre tabindex="0" data-what></pre>`, 'roomy')}`
}

/** Which of the further fields a fault takes. */
function fieldsOf(name: (typeof faultNames)[number]): string {
  const { kind, fields } = faultShapes[name]
  return [...(kind === 'line' ? [] : ['message', 'nth']), ...Object.keys(fields)].join(' ')
}

function faultForm(): Html {
  return html`<form class="row" id="fault">
<label><span>Fault</span><select name="fault" id="kind">${faultNames.map(
    (name) => html`<option data-fields="${fieldsOf(name)}">${name}</option>`,
  )}</select></label>
${sometimes('message', 'Message', 'placeholder="any, or newOrder"')}
${sometimes('errorCode', 'Error code', 'placeholder="MARKET_CLOSED"')}
${sometimes('ms', 'Ms', 'inputmode="numeric" data-type="number"', 'short')}
${sometimes('bytes', 'Bytes', 'inputmode="numeric" data-type="number"', 'short')}
${sometimes('bytesPerSecond', 'Bytes/s', 'inputmode="numeric" data-type="number"', 'short')}
${sometimes('nth', 'Nth', 'inputmode="numeric" data-type="number" placeholder="any"', 'tiny')}
${field('times', 'Times', 'inputmode="numeric" data-type="number" placeholder="always"', 'tiny')}
${field('probability', 'Chance', 'inputmode="decimal" data-type="number" placeholder="1"', 'tiny')}
${field('account', 'Account', 'inputmode="numeric" data-type="number" placeholder="any"', 'tiny')}
<button class="first">Add</button>
<p class="wrong" role="alert"></p>
</form>`
}
