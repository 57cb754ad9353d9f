import { isIP } from 'node:net'

const httpsPort = 443

/**
 * A client's request to speak WebSocket as it has to look to the server that the client means: `Host` names that server
 * instead of the recorder, and so does an `Origin` that named the recorder. Any other origin is that of a page, and stays.
 * Offers of extensions (compression is the only common one) are taken out: frames that use one could not be read. All the
 * rest, path and other headers included, stays byte for byte.
 *
 * @param head everything up to and with the empty line
 */
export function aimUpgrade(
  head: string,
  target: { readonly host: string; readonly port: number },
): string {
  const { host, port } = target
  const name = isIP(host) === 6 ? `[${host}]` : host
  const authority = port === httpsPort ? name : `${name}:${port}`
  const [start = '', ...lines] = unfold(head)
  const given = lines.map(headerOf('host')).find((value) => value !== undefined)
  const kept = lines.flatMap((line) => {
    if (headerOf('sec-websocket-extensions')(line) !== undefined) return []
    if (headerOf('host')(line) !== undefined)
      return [`${line.slice(0, 'host'.length)}: ${authority}`]
    const [, scheme, of] = /^(\w+):\/\/(.*)$/.exec(headerOf('origin')(line) ?? '') ?? []
    if (of === undefined || of.toLowerCase() !== given?.toLowerCase()) return [line]
    return [`${line.slice(0, 'origin'.length)}: ${scheme}://${authority}`]
  })
  return [start, ...kept].join('\r\n')
}

/** The lines of a head; one that goes on in the next counts as one. */
function unfold(head: string): readonly string[] {
  return head.split(/\r\n(?![ \t])/)
}

function headerOf(header: string): (line: string) => string | undefined {
  return (line) => {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase()
    return name === header ? line.slice(colon + 1).trim() : undefined
  }
}
