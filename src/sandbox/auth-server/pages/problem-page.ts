import { html } from 'hono/html'
import type { Application } from '../../identity/index.ts'
import type { RequestProblem } from '../authorize-request.ts'
import { type Html, layout } from './layout.ts'

/** Says to the developer what is wrong with a request. */
export function problemPage(problem: RequestProblem): Html {
  return layout(
    { title: problem.title },
    html`<div class="sign" aria-hidden="true">!</div>
<h1>${problem.title}</h1>
${problem.details.map((detail) => html`<p>${detail}</p>`)}
${problem.comparison === undefined ? '' : comparison(problem.comparison)}`,
  )
}

function comparison({
  asked,
  registered,
  playground,
}: NonNullable<RequestProblem['comparison']>): Html {
  return html`<h2>Asked for</h2>
<ul class="values wrong"><li class="mono">${asked}</li></ul>
<h2>Registered</h2>
<ul class="values">${registered.map(
    (uri) =>
      html`<li><span class="mono">${uri}</span>${uri === playground ? html` <span class="quiet small">belongs to the Playground</span>` : ''}</li>`,
  )}</ul>`
}

/** The end of the road for somebody who said no, where that is not sent back to the application. */
export function deniedPage(applicationName: string, bare: boolean): Html {
  return layout(
    { title: 'Access denied', bare },
    html`<h1>Access denied</h1>
<p>${applicationName} got no access to your accounts. You can close this page.</p>`,
  )
}

/** Where a code ends up that was sent to the Playground's redirect URI. */
export function playgroundPage(application: Application): Html {
  return layout(
    { title: 'Playground' },
    html`<h1>This redirect URI belongs to the Playground</h1>
<p>It is the first one the portal lists for ${application.name}, and it is not the application's: a code that is sent here never reaches it. Register a redirect URI of the application's own and use that.</p>
${
  application.redirectUris.length === 0
    ? ''
    : html`<h2>Registered for the application</h2>
<ul class="values">${application.redirectUris.map((uri) => html`<li class="mono">${uri}</li>`)}</ul>`
}`,
  )
}
