import { readFile } from 'node:fs/promises'
import { CTraderError, type ErrorFacts } from '../errors.ts'
import type { SandboxClientOptions, SandboxLine } from './sandbox.ts'

/** A file that should hold the line of a running sandbox cannot be used. */
export class SandboxFileError extends CTraderError {
  constructor(summary: string, facts: ErrorFacts, cause?: unknown) {
    super('SANDBOX_FILE', summary, {
      facts,
      remedy: 'Start a sandbox with `ctrader sandbox --file FILE`; the file goes when it ends.',
      cause,
    })
  }
}

/**
 * What `createClient` needs to work against a sandbox that runs in another process: from the file that
 * `ctrader sandbox --file FILE` writes, or that holds the output of `ctrader sandbox --json`.
 *
 * @throws {@link SandboxFileError} that names what is missing, and nothing of the file's content
 */
export async function clientOptionsFromFile(file: string): Promise<SandboxClientOptions> {
  const line = parseLine(file, await read(file, "the sandbox's line"))
  const { host, demo, live, authorizeUrl, tokenUrl, clientId, clientSecret } = line
  return {
    environment: {
      name: 'sandbox',
      demo: { host, port: demo.protobufPort, jsonPort: demo.jsonPort },
      live: { host, port: live.protobufPort, jsonPort: live.jsonPort },
      ca: await read(line.caFile, "the sandbox's certificate"),
      ...{ authorizeUrl, tokenUrl },
    },
    application: { clientId, clientSecret },
    grants: [{ accessToken: line.accessToken, refreshToken: line.refreshToken }],
  }
}

async function read(file: string, content: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'for an unknown reason'
    const facts = { file, reason }
    throw new SandboxFileError(`${file} with ${content} cannot be read (${reason}).`, facts, cause)
  }
}

/** Reads a line. What is wrong with a text is not repeated: it may hold secrets. */
function parseLine(file: string, text: string): SandboxLine {
  const fields = parseRecord(text)
  const missing = fields === undefined ? [] : fieldsMissingIn(fields)
  if (fields !== undefined && missing.length === 0) return fields as unknown as SandboxLine
  const problem = missing.length === 0 ? 'does not hold' : `lacks ${missing.join(', ')} of`
  throw new SandboxFileError(`${file} ${problem} a sandbox's line.`, { file, missing })
}

function parseRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const texts = ['host', 'caFile', 'clientId', 'clientSecret', 'accessToken', 'refreshToken'] as const

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
  return missing
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
