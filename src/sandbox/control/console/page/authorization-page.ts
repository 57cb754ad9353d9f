import { html } from 'hono/html'
import { authorizationPresets, switchPositions } from '../../../auth-server/auth-behaviour.ts'
import { type AuthFaultChoice, authFaultChoices } from './auth-fault-choices.ts'
import { box, choice, field, type Html, part, small, sometimes } from './parts.ts'
import { type SwitchWords, switchGroups } from './switches.ts'

/** What the authorization server does: its faults, what it was asked, and its switches. */
export function authorizationPage(): Html {
  return html`<div class="column">
${part({
  id: 'auth-faults',
  title: 'Faults of logins',
  columns: ['Rule', 'Fault', 'About', 'Struck|n', '|act'],
  side: small('clear-auth-faults', 'Remove all', 'Remove all faults of logins'),
  form: faultForm(),
})}
${part({
  id: 'requests',
  title: 'Token requests',
  columns: ['Time', 'Grant type', 'Application', 'Sent as', 'Fingerprint', 'Outcome'],
  tall: true,
  side: small('clear-requests', 'Clear', 'Clear the token requests'),
  form: html`<ul class="findings" id="findings" aria-label="What a careful client would not have done" hidden></ul>`,
})}
</div>
<div class="column">
${box(
  {
    id: 'switches',
    title: 'Switches',
    side: html`<span class="tag" id="preset"></span>
${small('preset-ctrader', 'cTrader', 'Set all switches as cTrader has them')}
${small('preset-rfc', 'RFC', 'Set all switches as the standard wants them')}
${small('switches-back', 'As started', 'Set all switches back to the start')}`,
  },
  html`<form id="switch-form" data-presets="${JSON.stringify(authorizationPresets)}">
<p class="hint">They count at once. What differs from the start is marked. <span id="error-codes"></span></p>
<p class="wrong" role="alert"></p>
${Object.entries(switchGroups).map(
  ([title, group]) => html`<fieldset><legend>${title}</legend>
${Object.entries(group).map(([name, words]) => switchControl(name, words))}</fieldset>`,
)}
</form>`,
)}
</div>`
}

function switchControl(name: string, { label, hint, texts = {} }: SwitchWords): Html {
  const positions: readonly unknown[] | undefined = Object.hasOwn(switchPositions, name)
    ? switchPositions[name as keyof typeof switchPositions]
    : undefined
  const id = `switch-${name}`
  const words = html`<span class="words"><span class="name">${label}</span><span class="hint" id="${id}-hint">${hint}</span></span>`
  if (name === 'tokenRequests') {
    return html`<div class="switch" data-switch="${name}" role="group" aria-label="${label}">${words}<span class="ticks">${authorizationPresets.ctrader.tokenRequests.map(
      (form) =>
        html`<label class="tick"><input type="checkbox" name="${name}" value="${form}"> <span>${form}</span></label>`,
    )}</span></div>`
  }
  const control =
    positions === undefined
      ? html`<input name="${name}" inputmode="numeric" autocomplete="off" data-type="number" aria-label="${label}" aria-describedby="${id}-hint">`
      : html`<select name="${name}" aria-label="${label}" aria-describedby="${id}-hint">${positions
          .map((one) => ({ value: JSON.stringify(one), text: positionText(one) }))
          .map(
            ({ value, text }) => html`<option value="${value}">${texts[value] ?? text}</option>`,
          )}</select>`
  return html`<label class="switch" data-switch="${name}">${words}${control}</label>`
}

function positionText(position: unknown): string {
  if (typeof position === 'boolean') return position ? 'yes' : 'no'
  return String(position)
}

function option({ kind, text, fields = '', when, only }: AuthFaultChoice): Html {
  const taken = [
    fields,
    when === undefined ? '' : 'when',
    only === undefined ? 'endpoint' : '',
    only === 'authorize' ? 'step' : 'grantType',
  ]
  return html`<option value="${kind}" data-fields="${taken.join(' ')}" data-when="${when ?? ''}" data-only="${only ?? ''}">${text}</option>`
}

function faultForm(): Html {
  return html`<form class="row" id="auth-fault">
<label class="long"><span>Fault</span><select name="kind" id="auth-kind">${Object.entries(
    authFaultChoices,
  ).map(
    ([title, choices]) => html`<optgroup label="${title}">${choices.map(option)}</optgroup>`,
  )}</select></label>
<label data-field="endpoint"><span>Endpoint</span><select name="endpoint"><option value="token">token</option><option value="authorize">authorize</option></select></label>
<label data-field="when"><span>Strikes</span><select name="when"><option value="before-commit">before it is done</option><option value="after-commit">after it is done</option></select></label>
<label data-field="grantType"><span>Requests</span><select name="grantType"><option value="">all</option><option value="authorization_code">with a code</option><option value="refresh_token">refreshes</option></select></label>
<label data-field="step" hidden><span>Step</span><select name="step" disabled><option value="">all</option><option value="page">showing a page</option><option value="sign-in">sign-in</option><option value="decision">decision</option></select></label>
${choice('clientId', 'Application', [['', 'all']], 'data-list="applications" data-all="all"')}
${sometimes('retryAfter', 'Retry-After', 'data-type="number" placeholder="none"', 'short')}
${sometimes('status', 'Status', 'inputmode="numeric" data-type="number" placeholder="200"', 'short')}
${sometimes('body', 'Body', 'placeholder="empty"')}
${sometimes('location', 'Location', 'placeholder="https://example.com/"')}
${sometimes('keep', 'Bytes kept', 'inputmode="numeric" data-type="number" placeholder="half"', 'short')}
${sometimes('everyMs', 'Ms per byte', 'inputmode="numeric" data-type="number"', 'short')}
${sometimes('remove', 'Taken away', 'data-type="texts" placeholder="refreshToken, state"')}
${sometimes('set', 'Set, as JSON', 'data-type="json" placeholder="{&quot;expiresIn&quot;: 0}"')}
${sometimes('append', 'Added', 'data-type="pairs" placeholder="error=server_error"')}
${sometimes('text', 'expiresIn', 'placeholder="1e400"', 'short')}
${sometimes('field', 'Field', 'placeholder="accessToken"')}
${sometimes('key', 'Key', 'placeholder="accessToken"')}
${sometimes('bytes', 'Bytes', 'inputmode="numeric" data-type="number" placeholder="plenty"', 'short')}
${field('delayMs', 'Delay, ms', 'inputmode="numeric" data-type="number" placeholder="0"', 'short')}
${field('skip', 'Let pass', 'inputmode="numeric" data-type="number" placeholder="0"', 'tiny')}
${field('times', 'Times', 'data-type="number" placeholder="1, or always"', 'short')}
${field('probability', 'Chance', 'inputmode="decimal" data-type="number" placeholder="1"', 'tiny')}
<button class="first">Add</button>
<p class="wrong" role="alert"></p>
</form>`
}
