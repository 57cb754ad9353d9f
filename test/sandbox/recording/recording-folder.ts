import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** The path of a recording that is gone after the test. */
export function newRecording(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ctrader-recording-'))
  folders.push(folder)
  return join(folder, 'session.jsonl')
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into lines freely and compare what they find
export type Line = Record<string, any>

/** The lines of a recording behind its first. */
export function linesOf(file: string): readonly Line[] {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line))
}

/** The lines in few words, such as `client ProtoOATraderReq` and `server closed`. */
export function wordsOf(file: string): readonly string[] {
  return linesOf(file).map(({ carrier, from, message, note, closedBy }) =>
    carrier !== undefined
      ? carrier
      : closedBy
        ? `${closedBy} closed`
        : `${from} ${message ?? note}`,
  )
}
