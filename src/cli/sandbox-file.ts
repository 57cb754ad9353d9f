import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { CTraderError } from '../index.ts'
import type { SandboxLine } from '../sandbox/index.ts'
import { UsageError } from './errors.ts'
import { readTextFile, reasonOf } from './text-file.ts'

const howToWrite =
  'Write it with `ctrader sandbox --file FILE`, or keep the output of `ctrader sandbox --json`.'

/**
 * Reads the line that a sandbox printed.
 *
 * @throws {@link UsageError} that names the file and what is missing in it, and nothing of its content; an error of code
 * `SANDBOX_UNREACHABLE` for one that has ended
 */
export function readSandboxFile(file: string): SandboxLine {
  const content = readTextFile(
    file,
    "the sandbox's line",
    'Start a sandbox with `ctrader sandbox --file FILE` first.',
  )
  const line = parse(content)
  const missing = line === undefined ? [] : fieldsMissingIn(line)
  if (line !== undefined && missing.length === 0) {
    refuseEnded(file)
    return line as unknown as SandboxLine
  }
  throw new UsageError(
    line === undefined
      ? `${file} does not hold a sandbox's line.`
      : `${file} holds a sandbox's line without ${missing.join(', ')}.`,
    howToWrite,
    { file, missing },
  )
}

function parse(content: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(content)
    return isRecord(value) ? value : undefined
  } catch {
    // What is wrong with it is not repeated: the text may hold secrets.
    return undefined
  }
}

const texts = [
  'host',
  'authorizeUrl',
  'tokenUrl',
  'caFile',
  'clientId',
  'clientSecret',
  'accessToken',
] as const

function fieldsMissingIn(line: Readonly<Record<string, unknown>>): readonly string[] {
  const missing: string[] = texts.filter(
    (name) => typeof line[name] !== 'string' || line[name] === '',
  )
  for (const name of ['demo', 'live'] as const) {
    const host = line[name]
    for (const kind of ['protobufPort', 'jsonPort'] as const) {
      const port = isRecord(host) ? host[kind] : undefined
      if (typeof port === 'number' && Number.isInteger(port) && port > 0 && port <= 65_535) continue
      missing.push(`${name}.${kind}`)
    }
  }
  const uris = line['redirectUris']
  if (!(Array.isArray(uris) && uris.every((uri) => typeof uri === 'string'))) {
    missing.push('redirectUris')
  }
  return missing
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A sandbox that was killed leaves its file behind, and others may get its ports. */
function refuseEnded(file: string): void {
  const pid = pidIn(file)
  if (pid === undefined || isRunning(pid)) return
  throw new CTraderError(
    'SANDBOX_UNREACHABLE',
    `The sandbox of ${file} (process ${pid}) is not running any more.`,
    { facts: { file, pid }, remedy: `Start it again: \`ctrader sandbox --file ${file}\`.` },
  )
}

/**
 * One file stands for one sandbox: a second would take it from the first, and remove it at its own end.
 *
 * @throws {@link UsageError} while the sandbox that wrote it runs
 */
export function refuseFileInUse(file: string): void {
  const pid = pidIn(file)
  if (pid === undefined || !isRunning(pid)) return
  throw new UsageError(
    `${file} belongs to a sandbox that is running (process ${pid}).`,
    'Use that one, end it, or choose another path for --file.',
    { file, pid },
  )
}

function pidIn(file: string): number | undefined {
  try {
    const pid = parse(readFileSync(file, 'utf8'))?.['pid']
    return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Writes the line for clients on this machine. It holds secrets: nobody else may read it. */
export function writeSandboxFile(file: string, line: SandboxLine): void {
  try {
    writeFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 })
    // A file that was there keeps its mode.
    chmodSync(file, 0o600)
  } catch (error) {
    throw new UsageError(
      `The file ${file} cannot be written (${reasonOf(error)}).`,
      'Choose another path for --file.',
      { file },
    )
  }
}

/** Removes the file of a sandbox that has ended, unless another sandbox has written its own line there. */
export function removeSandboxFile(file: string, line: SandboxLine): void {
  try {
    if (pidIn(file) === line.pid) rmSync(file)
  } catch {
    // It is gone already.
  }
}
