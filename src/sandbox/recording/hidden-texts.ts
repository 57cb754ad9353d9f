import { type JsonValue, parseJson } from '../../protocol/index.ts'
import { secretFields } from './redaction.ts'

// What is shorter is no token, code or client secret.
const shortest = 8
// Tokens, codes and client secrets are letters and digits at random, and 40 characters or more.
const shortestToken = 20
// Deeper is no message of the protocol.
const deepest = 32

/** Whether a text is surely no name and no word of a language. */
export function looksLikeToken(text: string): boolean {
  return text.length >= shortestToken && /\d/.test(text) && /[a-z]/i.test(text)
}

/** Whatever in the request for WebSocket may be a token: in its path, its query and its headers. */
export function textsOfUpgrade(head: string): readonly string[] {
  return [head, unescapeUrl(head)]
    .flatMap((text) => text.split(/[\s?&;,:"/]+/))
    .flatMap((word) => [word, word.slice(word.indexOf('=') + 1)])
    .filter(looksLikeToken)
}

function unescapeUrl(text: string): string {
  return text.replaceAll(/(?:%[\da-f]{2})+/gi, (codes) =>
    Buffer.from(codes.replaceAll('%', ''), 'hex').toString(),
  )
}

/**
 * Texts in a message that could not be read: any of them may be a secret. The id that the sender gave the message is none:
 * answers carry it.
 */
export function hiddenTexts(format: 'protobuf' | 'json', message: Buffer): ReadonlySet<string> {
  const texts = new Set<string>()
  const take = (text: string): void => {
    if (text.length >= shortest) texts.add(text)
  }
  const takeWords = (text: string): void => {
    for (const word of text.match(/[\x21-\x7e]+/g) ?? []) {
      take(word)
      // Whoever quotes a URL or JSON in a text puts a token between other signs.
      for (const piece of word.split(/["'`{}()[\]<>,:;?&=|\\]+/))
        if (looksLikeToken(piece)) take(piece)
    }
  }
  if (format === 'json') searchJson(message.toString(), takeWords)
  else new FieldSearch(take, takeWords).search(message, 0, true)
  return texts
}

function searchJson(text: string, take: (text: string) => void): void {
  let value: JsonValue
  try {
    value = parseJson(text)
  } catch {
    for (const word of wordsOfBrokenJson(text)) for (const one of withoutLength(word)) take(one)
    return
  }
  searchValue('', value, 0, take)
}

function searchValue(
  name: string,
  value: JsonValue | undefined,
  depth: number,
  take: (text: string) => void,
): void {
  const names: readonly string[] = secretFields
  if (typeof value === 'string') {
    if (name !== 'clientMsgId' || depth > 1) take(value)
  } else if (typeof value === 'number' || typeof value === 'bigint') {
    // Ids and prices are numbers too, and are written down.
    if (names.includes(name)) take(String(value))
  } else if (Array.isArray(value)) {
    if (depth < deepest) for (const item of value) searchValue(name, item, depth + 1, take)
  } else if (typeof value === 'object' && value !== null && depth < deepest) {
    for (const [key, item] of Object.entries(value)) {
      if (looksLikeToken(key)) take(key)
      searchValue(key, item, depth + 1, take)
    }
  }
}

/** Whatever stands between what separates texts in JSON; names of fields are none, unless they look like tokens. */
function wordsOfBrokenJson(text: string): readonly string[] {
  const plain = text
    .replaceAll(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replaceAll(/\\(.)/g, '$1')
  return [...plain.matchAll(/([^\s"'{}[\],:]+)(["']?\s*:)?/g)].flatMap(([, word = '', isName]) =>
    isName === undefined || looksLikeToken(word) ? [word] : [],
  )
}

const idField = 3
// No letter, digit or sign is among them; line ends and tabs may stand in a text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/

/** Goes through bytes as if they were fields of protobuf, as far as they look like it, and takes what looks like text. */
class FieldSearch {
  readonly #take: (text: string) => void
  readonly #takeWords: (text: string) => void

  constructor(take: (text: string) => void, takeWords: (text: string) => void) {
    this.#take = take
    this.#takeWords = takeWords
  }

  /** @param isBinary whether what is behind the last field that looks like one is searched as well */
  search(bytes: Buffer, depth: number, isBinary: boolean): void {
    let at = 0
    const varint = (): number => {
      let value = 0
      for (let scale = 1; at < bytes.length; scale *= 128) {
        const byte = bytes[at++] as number
        value += (byte & 127) * scale
        if (byte < 128) break
      }
      return value
    }
    while (at < bytes.length) {
      const start = at
      const tag = varint()
      const wire = tag % 8
      if (wire === 0) varint()
      else if (wire === 1) at += 8
      else if (wire === 5) at += 4
      else if (wire === 2) {
        const length = varint()
        const content = bytes.subarray(at, at + length)
        at += length
        if (Math.floor(tag / 8) !== idField || depth > 0) this.#content(content, depth)
      } else {
        if (isBinary) this.#runs(bytes.subarray(start))
        return
      }
    }
  }

  #content(content: Buffer, depth: number): void {
    const text = content.toString('latin1')
    const isText = !control.test(text)
    if (isText) this.#takeWords(text)
    if (depth < deepest) this.search(content, depth + 1, !isText)
  }

  /** What can be read in bytes of which nobody knows what they are: JSON where protobuf was to be, perhaps. */
  #runs(bytes: Buffer): void {
    const runs = bytes.toString('latin1').match(/[\x21-\x7e]+/g) ?? []
    for (const run of runs.flatMap(wordsOfBrokenJson).flatMap(withoutLength)) this.#take(run)
  }
}

/** A word as it is, and as it would be if it began with the number of a field and a length that look like letters. */
function withoutLength(word: string): readonly string[] {
  return (word.match(/[\x21-\x7e]+/g) ?? []).flatMap((run) =>
    run.length < shortestToken ? [run] : [run, run.slice(1), run.slice(2)],
  )
}
