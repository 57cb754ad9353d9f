// Shorter pieces of base64 stand in ordinary words.
const shortestPiece = 8

/** A secret as it may stand in a text that somebody else wrote: itself, and quoted in a URL, in JSON, in base64 or in hex. */
export function secretForms(secret: string): ReadonlySet<string> {
  const bytes = Buffer.from(secret)
  const json = JSON.stringify(secret).slice(1, -1)
  const hex = bytes.toString('hex')
  const forms = [...plainForms(secret), json, json.replaceAll('/', '\\/'), hex, hex.toUpperCase()]
  for (let before = 0; before < 3; before++) {
    const piece = base64Piece(bytes, before)
    if (piece.length < shortestPiece) continue
    forms.push(piece, piece.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return new Set(forms)
}

/** A text itself, and as it stands in a URL. */
export function plainForms(secret: string): ReadonlySet<string> {
  // Half a character pair, which no URL takes, is replaced first.
  const whole = Buffer.from(secret).toString()
  const escaped = encodeURIComponent(whole)
  const inLowerCase = escaped.replaceAll(/%../g, (code) => code.toLowerCase())
  return new Set([
    secret,
    escaped,
    inLowerCase,
    new URLSearchParams([[whole, '']]).toString().slice(0, -1),
  ])
}

/** What stands in base64 for these bytes alone when `before` other ones stand before them, and any behind. */
function base64Piece(bytes: Buffer, before: number): string {
  const all = Buffer.concat([Buffer.alloc(before), bytes])
  const start = Math.ceil((before * 8) / 6)
  return all.toString('base64').slice(start, Math.floor((all.length * 8) / 6))
}
