const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const quote = 0x22
const backslash = 0x5c
const space = /[ \t\n\r]*/y

/**
 * Where a text stops being JSON, as an index into it; its length when it just ends too early, `undefined` when it is JSON.
 * `JSON.parse` does not always say, and says it in words that change from engine to engine.
 */
export function findJsonError(source: string): number | undefined {
  const nesting: ('{' | '[')[] = []
  let at = 0
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(source)
    if (found) at = pattern.lastIndex
    return found
  }
  // By hand: a pattern that repeats runs out of stack on a long string. Leaves `at` where the string goes wrong.
  const string = (): boolean => {
    at++
    for (;;) {
      const code = source.charCodeAt(at)
      // Of nothing, beyond the end, the code is NaN.
      if (!(code >= 0x20)) return false
      if (code === quote) break
      if (code !== backslash) at++
      else if (!match(escaped)) return false
    }
    at++
    return true
  }
  const next = (): string | undefined => {
    match(space)
    return source[at]
  }
  const key = (): boolean => {
    if (next() !== '"' || !string()) return false
    if (next() !== ':') return false
    at++
    return true
  }
  // A loop and no recursion: the text may be nested as deep as its sender likes.
  for (;;) {
    const first = next()
    if (first === '{' || first === '[') {
      at++
      const empty = next() === (first === '{' ? '}' : ']')
      if (!empty) {
        nesting.push(first)
        if (first === '{' && !key()) return at
        continue
      }
      at++
    } else if (first === '"') {
      if (!string()) return at
    } else if (!match(number)) {
      const word = ['true', 'false', 'null'].find((one) => source.startsWith(one, at))
      if (word === undefined) return at
      at += word.length
    }
    for (;;) {
      const open = nesting.at(-1)
      const after = next()
      if (open === undefined) return after === undefined ? undefined : at
      if (after === ',') break
      if (after !== (open === '{' ? '}' : ']')) return at
      at++
      nesting.pop()
    }
    at++
    if (nesting.at(-1) === '{' && !key()) return at
  }
}
