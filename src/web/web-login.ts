import { showPage } from './answers.ts'
import { receiveCallback } from './callback.ts'
import { confirmGrant } from './confirm.ts'
import { checkWebLoginOptions, type WebLoginOptions, type WebLoginStep } from './options.ts'
import { startLogin } from './start.ts'

/** The handlers of a web login: requests in, answers out, for any framework. */
export interface WebLogin {
  /** `POST startPath`: sends the browser to the consent page. The form's fields: `scope`, `returnTo`, `renew`. */
  start(request: Request): Promise<Response>
  /** `GET` of the redirect URI: trades the code for tokens and sends the browser on to the confirmation. */
  callback(request: Request): Promise<Response>
  /** `GET confirmPath` shows whose grant it is; `POST` accepts or declines it. */
  confirm(request: Request): Promise<Response>
  /** Serves whichever of the three a request is for; undefined when it is for none of them. */
  handle(request: Request): Promise<Response | undefined>
}

/**
 * Makes the login for a web application with many users. A login belongs to the browser and to the user who began it,
 * works once, and ends in a grant only when the user has seen whose it is and said yes. Tokens never reach the browser.
 *
 * None of the handlers throws: what goes wrong is a page with fixed words for the person and a call of `onError` for you.
 *
 * @throws OAuthConfigurationError or InvalidRedirectUriError for options that cannot work
 *
 * @example
 * const login = createWebLogin({
 *   application, redirectUri: 'https://example.com/auth/callback', scopes: ['accounts'],
 *   currentUser: (request) => sessions.userOf(request),
 *   identify: ({ accessToken }) => identifyGrant({ environment: 'demo', application, accessToken }),
 *   link: ({ user, tokens, identity }) => grants.save(user, identity.userId, tokens),
 *   returnPaths: ['/accounts'],
 * })
 * app.use(async (c, next) => (await login.handle(c.req.raw)) ?? next())
 */
export function createWebLogin(given: WebLoginOptions): WebLogin {
  const options = checkWebLoginOptions(given)
  const guarded =
    (step: WebLoginStep, serve: (request: Request) => Promise<Response>) =>
    async (request: Request): Promise<Response> => {
      try {
        if ((await options.allow?.(request, step)) === false) {
          return showPage(options, { name: 'too-many' })
        }
        return await serve(request)
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNEXPECTED'
        options.logger.error({ step, code }, 'A step of a web login failed.')
        options.onError?.(error, step)
        return showPage(options, { name: 'failed' })
      }
    }
  const start = guarded('start', (request) => startLogin(options, request))
  const callback = guarded('callback', (request) => receiveCallback(options, request))
  const confirm = guarded('confirm', (request) => confirmGrant(options, request))
  const routes = new Map([
    [options.startPath, start],
    [options.callbackPath, callback],
    [options.confirmPath, confirm],
  ])
  return {
    start,
    callback,
    confirm,
    handle: async (request) => routes.get(new URL(request.url).pathname)?.(request),
  }
}
