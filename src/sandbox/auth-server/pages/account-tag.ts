import { html } from 'hono/html'
import type { ConsentAccount } from '../consent-account.ts'
import type { Html } from './layout.ts'

/** Says at a glance whether an account is a demo account or a live one. */
export function accountTag(account: ConsentAccount): Html {
  return account.isLive
    ? html`<span class="tag live">Live</span>`
    : html`<span class="tag demo">Demo</span>`
}
