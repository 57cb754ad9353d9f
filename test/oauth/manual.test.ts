import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/async/manual-clock.ts'
import {
  AuthorizationDeniedError,
  AuthorizationTimeoutError,
  type AuthorizeManuallyOptions,
  authorizeManually,
  authorizeWithLoopback,
  InvalidAuthorizationCodeError,
  InvalidClientCredentialsError,
  ManualInputError,
  type ManualQuestion,
} from '../../src/oauth/index.ts'
import { freePort } from './free-port.ts'
import { json, type Mood, success, TokenServer } from './token-server.ts'

const redirectUri = 'https://example.com/auth/callback'
const refusal = json({ errorCode: 'ACCESS_DENIED', description: 'Access denied.' })

let server: TokenServer
let questions: ManualQuestion[]

beforeEach(async () => {
  server = await TokenServer.start(success())
  questions = []
})

afterEach(() => server.close())

function options(
  inputs: readonly (string | undefined | ((question: ManualQuestion) => string))[],
  changes: Partial<AuthorizeManuallyOptions> = {},
): AuthorizeManuallyOptions {
  const left = [...inputs]
  return {
    application: { clientId: '7_id', clientSecret: 'the-client-secret' },
    redirectUri,
    scope: 'accounts',
    endpoints: { ...server.endpoints(), statePolicy: 'bound-flow' },
    ask: async (question) => {
      questions.push(question)
      const input = left.shift()
      return typeof input === 'function' ? input(question) : input
    },
    ...changes,
  }
}

/** The address the consent page would send the browser to. */
function sentTo(parameters: Record<string, string>): (question: ManualQuestion) => string {
  return ({ url }) => {
    const target = new URL(new URL(url).searchParams.get('redirect_uri') ?? '')
    for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value)
    return target.href
  }
}

function stateOf({ url }: ManualQuestion): string {
  return new URL(url).searchParams.get('state') ?? ''
}

/** One answer after the other. */
function answers(...moods: Mood[]): Mood {
  return (response, request) => (moods.shift() ?? success())(response, request)
}

const codesSent = () => server.requests.map((request) => request.query.get('code'))

describe('a login by copy and paste', () => {
  test('takes the whole address and trades its code for tokens', async () => {
    const shown: string[] = []
    const tokens = await authorizeManually(
      options([sentTo({ code: 'the-code' })], { onUrl: (url) => shown.push(url) }),
    )
    expect(tokens.accessToken.reveal()).toBe('access-A')
    expect(tokens.scope).toBe('accounts')
    expect(shown).toEqual([questions[0]?.url])
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toMatchObject({
      code: 'the-code',
      redirect_uri: redirectUri,
    })
  })

  test('takes a bare code', async () => {
    await authorizeManually(options(['  `the-code`  ']))
    expect(codesSent()).toEqual(['the-code'])
  })

  test('saves the tokens before it returns them', async () => {
    const steps: string[] = []
    await authorizeManually(
      options(['the-code'], {
        save: async (tokens) => {
          await Promise.resolve()
          steps.push(tokens.accessToken.reveal())
        },
      }),
    )
    expect(steps).toEqual(['access-A'])
  })

  test('MP-3: a wrong state is refused and the person asked again', async () => {
    await authorizeManually(
      options([
        sentTo({ code: 'foreign', state: 'of-another-login' }),
        (question) => sentTo({ code: 'own', state: stateOf(question) })(question),
      ]),
    )
    expect(codesSent()).toEqual(['own'])
    expect(questions[1]?.problem).toContain('another login')
  })

  test('MP-3: where the server returns a state, the code alone is not enough', async () => {
    await authorizeManually(
      options(
        ['the-code', (question) => sentTo({ code: 'c', state: stateOf(question) })(question)],
        {
          statePolicy: 'strict',
        },
      ),
    )
    expect(questions[1]?.problem).toContain('whole address')
    expect(codesSent()).toEqual(['c'])
  })

  test('MP-3: a declined consent ends it, its words made harmless', async () => {
    const answer = { error: 'access_denied', error_description: 'no\u001b[2J way' }
    const ended = authorizeManually(options([sentTo(answer)]))
    await expect(ended).rejects.toBeInstanceOf(AuthorizationDeniedError)
    await expect(ended).rejects.toMatchObject({ serverDescription: 'no [2J way' })
    expect(server.requests).toHaveLength(0)
  })

  test('MP-4: three useless lines in a row end it, and say what the last one was', async () => {
    const ended = authorizeManually(options(['', 'the-client-secret', '{"accessToken":"x"}']))
    await expect(ended).rejects.toBeInstanceOf(ManualInputError)
    await expect(ended).rejects.toMatchObject({ problem: 'access-token', code: 'MANUAL_INPUT' })
    expect(questions.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(questions[2]?.problem).toContain('client secret')
    expect(server.requests).toHaveLength(0)
  })

  test('MP-4: the end of the input ends it', async () => {
    await expect(authorizeManually(options([undefined]))).rejects.toMatchObject({
      problem: 'end-of-input',
    })
  })

  test('MP-7: a refused code is not sent again; a new page is offered instead', async () => {
    server.mood = answers(refusal)
    await authorizeManually(options(['old-code', 'old-code', 'new-code']))
    expect(codesSent()).toEqual(['old-code', 'new-code'])
    const [first, second, third] = questions
    expect(second).toMatchObject({ page: 2, attempt: 1 })
    expect(second?.problem).toContain('60 seconds')
    expect(third?.problem).toContain('refused already')
    expect(stateOf(second as ManualQuestion)).not.toBe(stateOf(first as ManualQuestion))
  })

  test('MP-7: after three refused codes it is over', async () => {
    server.mood = refusal
    const ended = authorizeManually(options(['one', 'two', 'three']))
    await expect(ended).rejects.toBeInstanceOf(InvalidAuthorizationCodeError)
    expect(codesSent()).toEqual(['one', 'two', 'three'])
  })

  test('wrong credentials are no matter for a new page', async () => {
    server.mood = json({ errorCode: 'CH_CLIENT_AUTH_FAILURE', description: 'Client not found' })
    await expect(authorizeManually(options(['one', 'two']))).rejects.toBeInstanceOf(
      InvalidClientCredentialsError,
    )
    expect(questions).toHaveLength(1)
  })

  test('it ends in time although nobody answers, and tells whoever asks to stop', async () => {
    const clock = new ManualClock()
    let signal: AbortSignal | undefined
    const ended = authorizeManually(
      options([], {
        clock,
        timeoutMs: 60_000,
        ask: (question) => {
          signal = question.signal
          return new Promise(() => {})
        },
      }),
    )
    await expect.poll(() => signal).toBeDefined()
    clock.advance(60_000)
    await expect(ended).rejects.toBeInstanceOf(AuthorizationTimeoutError)
    expect(signal?.aborted).toBe(true)
  })

  test('an aborted signal rejects with its own reason', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const ended = authorizeManually(
      options([], {
        signal: controller.signal,
        ask: () => {
          controller.abort(reason)
          return new Promise(() => {})
        },
      }),
    )
    await expect(ended).rejects.toBe(reason)
  })
})

describe('MP-6: pasting while the listener waits', () => {
  const loopback = async (ask: AuthorizeManuallyOptions['ask'], changes = {}) => {
    const uri = `http://127.0.0.1:${await freePort()}/callback`
    const { redirectUri: _, ...rest } = options([])
    return authorizeWithLoopback({ ...rest, redirectUris: [uri], ask, ...changes })
  }

  test('a pasted code is as good as a callback, and the listener is let go', async () => {
    const tokens = await loopback(async (question) => sentTo({ code: 'pasted' })(question))
    expect(tokens.accessToken.reveal()).toBe('access-A')
    expect(codesSent()).toEqual(['pasted'])
  })

  test('when the browser comes first, the question is taken back', async () => {
    let asked: ManualQuestion | undefined
    await loopback(
      (question) => {
        asked = question
        return new Promise(() => {})
      },
      {
        openBrowser: async (url: string) => {
          const target = new URL(new URL(url).searchParams.get('redirect_uri') ?? '')
          target.searchParams.set('code', 'from-the-browser')
          await fetch(target, { headers: { connection: 'close' } })
        },
      },
    )
    expect(codesSent()).toEqual(['from-the-browser'])
    expect(asked?.signal.aborted).toBe(true)
  })

  test('a useless paste is asked about again; the end of the input leaves the listener waiting', async () => {
    const inputs = ['nonsense with spaces', undefined]
    const problems: (string | undefined)[] = []
    await loopback(async (question) => {
      problems.push(question.problem)
      if (inputs.length === 1) {
        const target = new URL(question.redirectUri)
        target.searchParams.set('code', 'later')
        void fetch(target, { headers: { connection: 'close' } })
      }
      return inputs.shift()
    }, {})
    expect(problems[1]).toContain('spaces')
    expect(codesSent()).toEqual(['later'])
  })

  test('a prompt that fails does not end the login', async () => {
    await loopback(async ({ redirectUri: uri }) => {
      void fetch(`${uri}?code=anyway`, { headers: { connection: 'close' } })
      throw new Error('no terminal')
    }, {})
    expect(codesSent()).toEqual(['anyway'])
  })

  test('a pasted refusal ends the login like one from the browser', async () => {
    await expect(
      loopback(async (question) => sentTo({ error: 'access_denied' })(question)),
    ).rejects.toBeInstanceOf(AuthorizationDeniedError)
  })
})
