import { html } from 'hono/html'
import type { AuthorizeRequest } from '../authorize-request.ts'
import { type Html, layout } from './layout.ts'

/** Asks who is there. The form goes back to the address of the page, which carries the request. */
export function signInPage(page: {
  readonly request: AuthorizeRequest
  readonly formToken: string
  /** What went wrong last time. */
  readonly message?: string | undefined
}): Html {
  const { application, bare } = page.request
  return layout(
    { title: 'Sign in', bare },
    html`<h1>Sign in with your cTrader ID</h1>
<p class="quiet">to continue to <b>${application.name}</b></p>
${page.message === undefined ? '' : html`<p class="message" role="alert">${page.message}</p>`}
<form method="post">
<input type="hidden" name="step" value="sign-in">
<input type="hidden" name="form_token" value="${page.formToken}">
<label class="field">User name
<input name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></label>
<label class="field">Password
<input name="password" type="password" autocomplete="current-password" required></label>
<button class="first" type="submit">Sign in</button>
</form>
<p class="quiet small after">Sandbox: sign in with the user name and password the sandbox printed when it started.</p>`,
  )
}
