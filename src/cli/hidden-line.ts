/** What a terminal's keys have made of a line so far. */
export type HiddenLineEvent =
  | { readonly kind: 'more' }
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'interrupt' }

/** Asks the terminal to mark what is pasted, so that a line break inside it does not end the line. */
export const markPastes = '\u001b[?2004h'
export const stopMarkingPastes = '\u001b[?2004l'

const pasteBegins = '\u001b[200~'
const pasteEnds = '\u001b[201~'

/**
 * A line that is typed or pasted without being shown. In the raw mode that this takes, the keys that a terminal deals
 * with by itself arrive as characters: this deals with those a person may press.
 */
export class HiddenLine {
  #text = ''
  #pasting = false
  // The beginning of a key's sequence whose rest has not arrived.
  #rest = ''

  /** Takes what arrived. After anything but `more` the line is over. */
  feed(chunk: string): HiddenLineEvent {
    let left = this.#rest + chunk
    this.#rest = ''
    while (left !== '') {
      const sequence = sequenceAt(left)
      if (sequence === 'incomplete') {
        this.#rest = left
        break
      }
      const key = sequence ?? ([...left][0] as string)
      left = left.slice(key.length)
      const event = this.#press(key)
      if (event !== undefined) return event
    }
    return { kind: 'more' }
  }

  #press(key: string): HiddenLineEvent | undefined {
    if (key === pasteBegins || key === pasteEnds) {
      this.#pasting = key === pasteBegins
    } else if (this.#pasting) {
      this.#text += key
    } else if (key === '\r' || key === '\n') {
      return { kind: 'line', text: this.#text }
    } else if (key === '\u0003') {
      return { kind: 'interrupt' }
    } else if (key === '\u0004') {
      if (this.#text === '') return { kind: 'end' }
    } else if (key === '\u007f' || key === '\b') {
      this.#text = [...this.#text].slice(0, -1).join('')
    } else if (key === '\u0015') {
      this.#text = ''
    } else if (key >= ' ') {
      this.#text += key
    }
    // Arrows and other control keys do nothing.
    return undefined
  }
}

/** The escape sequence that a text begins with; undefined when it begins with something else. */
function sequenceAt(text: string): string | 'incomplete' | undefined {
  if (!text.startsWith('\u001b')) return undefined
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how they begin
  const whole = /^\u001b(?:\[[0-9;?]*[A-Za-z~]|O[A-Za-z]|[^[O])/.exec(text)?.[0]
  if (whole !== undefined) return whole
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how they begin
  return /^\u001b(?:\[[0-9;?]*|O)?$/.test(text) ? 'incomplete' : '\u001b'
}
