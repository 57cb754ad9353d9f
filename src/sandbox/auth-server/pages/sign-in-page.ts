import { html, raw } from 'hono/html'
import type { AuthorizeRequest } from '../authorize-request.ts'
import { type Html, layout } from './layout.ts'

/** Asks who is there. The form goes back to the address of the page, which carries the request. */
export function signInPage(page: {
  readonly request: AuthorizeRequest
  readonly formToken: string
  /** What was typed last time. */
  readonly username?: string | undefined
  /** What went wrong last time. */
  readonly message?: string | undefined
}): Html {
  const { application, bare } = page.request
  const { username = '' } = page
  const invalid = page.message === undefined ? '' : ' aria-describedby="message"'
  return layout(
    { title: 'Sign in', bare },
    html`<h1>Sign in with your cTrader ID</h1>
<p class="quiet">to continue to <b>${application.name}</b></p>
${page.message === undefined ? '' : html`<p class="message" role="alert" id="message">${page.message}</p>`}
<form method="post">
<input type="hidden" name="step" value="sign-in">
<input type="hidden" name="form_token" value="${page.formToken}">
<label class="field">User name
<input name="username" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" required${username === '' ? ' autofocus' : ''}></label>
<label class="field">Password
<input name="password" type="password" autocomplete="current-password" required${username === '' ? '' : ' autofocus'}${raw(invalid)}></label>
<button class="first" type="submit">Sign in</button>
</form>
<p class="quiet small after">This is a sandbox: user name and password are those it printed when it started. They are on its <a href="/">front page</a>, too.</p>`,
  )
}
