import { alice, application, authorizeUrl, type Fixture, redirectUri } from './fixture.ts'

export type Fields = Readonly<Record<string, string>>

const { clientId, clientSecret } = application
export const credentials: Fields = { client_id: clientId, client_secret: clientSecret }

/** Asks the token endpoint as the application does, with forms. */
export class TokenClient {
  readonly #fixture: Fixture

  constructor(fixture: Fixture) {
    this.#fixture = fixture
  }

  /** A grant without a consent. */
  grant() {
    const { userId } = alice
    return this.#fixture.server.control.grants.issue({ clientId, userId, accountIds: [1001] })
  }

  /** A code, as a consent gives it. */
  code(): string {
    const { server } = this.#fixture
    const location = server.control.consents.allow(authorizeUrl(server), { username: 'alice' })
    return new URL(location).searchParams.get('code') ?? ''
  }

  async post(fields: Fields, headers: Fields = {}) {
    const body = new URLSearchParams(fields)
    const response = await fetch(this.#fixture.server.tokenUrl, { method: 'POST', body, headers })
    const text = await response.text()
    const json: Record<string, unknown> = text.startsWith('{') ? JSON.parse(text) : {}
    return { status: response.status, headers: response.headers, text, json }
  }

  refresh(token: string, more: Fields = credentials) {
    return this.post({ grant_type: 'refresh_token', refresh_token: token, ...more })
  }

  exchange(code: string, more: Fields = credentials) {
    const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    return this.post({ ...fields, ...more })
  }
}
