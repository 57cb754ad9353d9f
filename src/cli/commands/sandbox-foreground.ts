import type { Output } from '../output.ts'

/** Where clients connect to. */
export interface Place {
  readonly host: string
  readonly port: number
  readonly jsonPort: number | undefined
  readonly caFile: string
  /** The recording. */
  readonly file: string
}

/** Says where clients connect to, once they can. */
export function showPlace(output: Output, place: Place, headline: string): void {
  const { host, port, jsonPort, caFile, file } = place
  if (output.isJson) return output.json({ host, port, jsonPort, caFile, file })
  const say = (name: string, value: string): void =>
    output.line(`  ${output.paint('dim', name.padEnd(13))}${value}`)
  const json = jsonPort === undefined ? '' : `   ${host}:${jsonPort} JSON`
  output.line(`${output.paint('green', '●')} ${output.paint('bold', headline)}`)
  say('connect to', `${host}:${port} protobuf${json}`)
  say('', 'each takes plain TLS and WebSocket')
  say('certificate', caFile)
  say('recording', file)
  output.line('  Ctrl-C ends it.')
}

/** Waits for the signal, which is the usual end of what stays in the foreground. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
