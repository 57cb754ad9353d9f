import { type Secret, toSecret } from '../../secret.ts'
import { quoteRedirectUri } from '../application/redirect-uri-syntax.ts'
import { type CallbackAnswer, readCallbackQuery } from '../callback/callback-query.ts'
import type { ManualInputProblem } from './manual-input-error.ts'

/** What a pasted text is told apart by. */
export interface PasteContext {
  /** Where the consent page sends the browser back to. */
  readonly redirectUri: string
  /** The consent page of the login. */
  readonly authorizeUrl: string
  readonly clientId: string
  readonly clientSecret: string | Secret
}

/** The answer in a pasted text, or why there is none. `message` is a sentence and repeats nothing of the text. */
export type PastedAnswer =
  | {
      readonly kind: 'answer'
      readonly answer: Exclude<CallbackAnswer, { readonly kind: 'malformed' }>
    }
  | {
      readonly kind: 'unusable'
      readonly problem: ManualInputProblem
      readonly message: string
    }

/**
 * Finds the answer of the consent page in what a person pasted: the whole address the browser was sent to, its query
 * string, or the bare code. What copying adds is taken off: white space, quotes, invisible characters, line breaks.
 */
export function readPastedAnswer(text: string, context: PasteContext): PastedAnswer {
  const pasted = cleanPaste(text)
  if (pasted === '') return unusable('empty', 'Nothing was pasted.')
  if (pasted === toSecret(context.clientSecret).reveal()) {
    return unusable(
      'client-secret',
      'That is the client secret, which belongs nowhere near a browser.',
    )
  }
  if (pasted === context.clientId) {
    return unusable('client-id', 'That is the client id, not the code.')
  }
  if (isToken(pasted)) {
    return unusable(
      'access-token',
      'That is a token or the answer of the token endpoint; what is wanted is the address with the code in it.',
    )
  }
  const address = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(pasted)
    ? pasted
    : withScheme(pasted, context.redirectUri)
  if (address !== undefined) return fromAddress(address, context)
  if (/(?:^|[?&])(?:code|error|state)=/.test(pasted)) {
    return fromQuery(pasted.replace(/^.*?\?/, '').replace(/#.*$/, ''))
  }
  return fromBareCode(pasted)
}

/** Takes off what terminals, mail programs and copying put around and into a text. */
function cleanPaste(text: string): string {
  let clean = text
    // The marks a terminal puts around what is pasted.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
    .replace(/\u001b\[20[01]~/g, '')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s*[\r\n\u2028\u2029]+\s*/g, '')
    .trim()
  for (;;) {
    const inner = /^(?:"(.*)"|'(.*)'|`(.*)`|<(.*)>|“(.*)”|‘(.*)’|«(.*)»)$/.exec(clean)
    const found = inner?.slice(1).find((part) => part !== undefined)
    if (found === undefined) return clean
    clean = found.trim()
  }
}

function isToken(text: string): boolean {
  if (/^\{/.test(text) || /["']?(?:access|refresh)_?token["']?\s*[:=]/i.test(text)) return true
  if (/^bearer\s/i.test(text)) return true
  return /^ey[\w-]+\.[\w-]+\.[\w-]*$/.test(text)
}

/** Browsers hide the scheme in the address bar, and some copy what they show. */
function withScheme(text: string, redirectUri: string): string | undefined {
  const [, scheme = '', rest = ''] = /^([^:]+:\/\/)([^?#]*)/.exec(redirectUri) ?? []
  return rest !== '' && text.startsWith(rest) ? scheme + text : undefined
}

function fromAddress(address: string, context: PasteContext): PastedAnswer {
  const { redirectUri, authorizeUrl } = context
  const wanted = `The answer is at an address that begins with ${quoteRedirectUri(redirectUri)}.`
  if (!URL.canParse(address)) return unusable('not-an-answer', `That is no address. ${wanted}`)
  const url = new URL(address)
  if (pageOf(url) === pageOf(new URL(authorizeUrl)) || url.searchParams.has('redirect_uri')) {
    return unusable(
      'consent-page',
      `That is the address of the consent page. Open it in a browser and allow access first. ${wanted}`,
    )
  }
  if (pageOf(url) !== pageOf(new URL(redirectUri))) {
    return unusable('other-address', `That is the address of another page. ${wanted}`)
  }
  return fromQuery(url.search.slice(1))
}

/** Compared as a browser writes them: it adds the slash of an empty path and drops the default port. */
function pageOf(url: URL): string {
  return `${url.origin}${url.pathname}`
}

function fromQuery(query: string): PastedAnswer {
  const answer = readCallbackQuery(query)
  if (answer.kind !== 'malformed') return { kind: 'answer', answer }
  return unusable('not-an-answer', `That cannot be used: ${answer.problem}.`)
}

function fromBareCode(text: string): PastedAnswer {
  if (/\s/.test(text)) {
    return unusable(
      'not-an-answer',
      'That has spaces in it, which neither a code nor an address has.',
    )
  }
  let code = text
  // Copied out of an address, a code is still encoded; once is enough, and a plus sign is a plus sign.
  if (/%[0-9A-Fa-f]{2}/.test(text)) {
    try {
      code = decodeURIComponent(text)
    } catch {
      return unusable('not-an-answer', 'That cannot be used: its percent signs encode no text.')
    }
  }
  return fromQuery(new URLSearchParams({ code }).toString())
}

function unusable(problem: ManualInputProblem, message: string): PastedAnswer {
  return { kind: 'unusable', problem, message }
}
