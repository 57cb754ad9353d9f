import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { SignInSession, SignInSessions } from './sign-in-sessions.ts'

/** Ties a browser to its session. */
export class SessionCookie {
  readonly #sessions: SignInSessions
  readonly #name: string

  /** @param port browsers send a cookie to every port of a host, so two sandboxes need two names */
  constructor(sessions: SignInSessions, port: number) {
    this.#sessions = sessions
    this.#name = `ctrader_sandbox_${port}`
  }

  read(context: Context): SignInSession | undefined {
    return this.#sessions.find(getCookie(context, this.#name))
  }

  /** Gives the browser a new session; the one it had is over. */
  renew(context: Context, userId?: number): SignInSession {
    this.#sessions.end(this.read(context))
    const session = this.#sessions.start(userId)
    setCookie(context, this.#name, session.id, { httpOnly: true, sameSite: 'Lax', path: '/' })
    return session
  }
}
