import { systemClock } from '../../async/clock.ts'
import { CTraderError } from '../../index.ts'
import type { SandboxLine } from '../../sandbox/index.ts'
import type { CommandContext } from '../context.ts'
import { UsageError } from '../errors.ts'
import { readSeconds } from '../option-values.ts'
import { readSandboxFile, writeSandboxFile } from '../sandbox-file.ts'
import { readVariable } from '../variables.ts'
import { showAnswer } from './sandbox-answers.ts'
import { type Given, requestOf, type SandboxRequest } from './sandbox-requests.ts'

/** The sandbox refused what was asked of it. Code, words and facts are its own. */
class SandboxRefusal extends CTraderError {}

/** `ctrader sandbox VERB`: asks one thing of a sandbox that is running. */
export async function askSandbox(
  context: CommandContext,
  verb: string,
  given: Given,
  argument: string | undefined,
): Promise<void> {
  const request = requestOf(verb, given, argument)
  const line = readLine(context)
  const answer = await send(context, line, request)
  const { file } = given
  if (verb === 'fork' && typeof file === 'string') writeSandboxFile(file, answer as SandboxLine)
  if (context.output.isJson) return context.output.json(answer)
  showAnswer(context.output, verb, answer)
  if (verb !== 'fork') return
  context.output.note(
    typeof file === 'string'
      ? `Clients and verbs reach it with --sandbox-file ${file}.`
      : 'Clients and verbs would reach it by its line, which --file FILE writes.',
  )
}

function readLine({ env, options }: CommandContext): SandboxLine {
  const file = options.sandboxFile ?? readVariable(env, 'CTRADER_SANDBOX')
  if (file === undefined) {
    throw new UsageError(
      'Which sandbox is meant is not known: CTRADER_SANDBOX is not set.',
      'Start one with `ctrader sandbox --file sandbox.json`, then give --sandbox-file sandbox.json (or set CTRADER_SANDBOX).',
    )
  }
  const line = readSandboxFile(file)
  if (typeof line.adminUrl === 'string' && typeof line.adminToken === 'string') return line
  throw new UsageError(
    `${file} does not say how to control the sandbox: adminUrl or adminToken is missing.`,
    'Write it with `ctrader sandbox --file FILE` of this release.',
    { file },
  )
}

async function send(
  { options, signal }: CommandContext,
  line: SandboxLine,
  { method, path, body }: SandboxRequest,
): Promise<unknown> {
  const timeoutMs = readSeconds('--timeout', options.timeout) ?? 15_000
  const headers = { Authorization: `Bearer ${line.adminToken}`, 'Content-Type': 'application/json' }
  const tooLate = new AbortController()
  const deadline = systemClock.after(timeoutMs, () => tooLate.abort())
  const response = await fetch(`${line.adminUrl}${path}`, {
    ...{ method, headers, redirect: 'error' },
    signal: AbortSignal.any([signal, tooLate.signal]),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    deadline.cancel()
    signal.throwIfAborted()
    throw new CTraderError('SANDBOX_UNREACHABLE', `No sandbox answers at ${line.adminUrl}.`, {
      facts: { adminUrl: line.adminUrl, pid: line.pid },
      remedy: 'It may have ended: start it again, and use the file that it writes then.',
      cause: error,
    })
  })
  const answer: unknown = await response.json().catch(() => undefined)
  deadline.cancel()
  if (response.ok) return answer
  throw refusal(answer, response.status)
}

function refusal(answer: unknown, status: number): CTraderError {
  const { error } = (answer ?? {}) as {
    error?: { code?: string; message?: string; facts?: object }
  }
  const { code = 'SANDBOX_REFUSED', message = `The sandbox answered with ${status}.` } = error ?? {}
  return new SandboxRefusal(code, message, { facts: { status, ...error?.facts } })
}
