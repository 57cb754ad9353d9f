import { wantedAccount } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { reportError } from '../error-report.ts'
import { UnhealthyError } from '../errors.ts'
import { findAccessToken } from '../grant.ts'
import { readSeconds } from '../option-values.ts'
import { readCredentials, readTarget } from '../target.ts'
import { diagnose, type Stage, stages } from './doctor-diagnosis.ts'
import { examine, StageFailure, type Step } from './doctor-examination.ts'

const usualTimeoutMs = 15_000

const titles: Readonly<Record<Stage, string>> = {
  name: 'name',
  tcp: 'TCP',
  tls: 'TLS',
  application: 'application',
  token: 'token',
  accounts: 'account',
  quote: 'first quote',
}

/**
 * `ctrader doctor`: goes through everything between a program and its first quote, and says what is wrong and what to do.
 *
 * @throws {@link UnhealthyError} when something is wrong; the report itself has been printed by then
 */
export async function doctor(context: CommandContext): Promise<void> {
  const { options, output, signal } = context
  const target = readTarget(context)
  const credentials = readCredentials(context, target)
  const { demo, live } = target.environment
  const host = demo ?? live
  const steps: Step[] = []
  const failure = await examine(
    {
      ...{ target, credentials, signal },
      findToken: () => findAccessToken(context, target, credentials),
      accountId: wantedAccount(context),
      timeoutMs: readSeconds('--timeout', options.timeout) ?? usualTimeoutMs,
    },
    (step) => {
      steps.push(step)
      if (!output.isJson) sayStep(context, step)
    },
  ).then(
    () => undefined,
    (error: unknown) => error as StageFailure,
  )
  if (failure !== undefined && !(failure instanceof StageFailure)) throw failure
  signal.throwIfAborted()
  const verdict = failure && judge(failure)
  if (output.isJson) {
    output.json({
      ok: verdict === undefined,
      environment: target.name,
      carrier: target.carrier,
      host: host?.host,
      diagnosis: verdict?.code ?? null,
      stages: stages.map((stage) => describeStage(stage, steps, verdict)),
    })
  } else if (verdict === undefined) {
    output.line(output.paint('green', 'All is well.'))
  } else sayFailure(context, verdict)
  if (verdict !== undefined) throw new UnhealthyError(titles[verdict.stage], verdict.error)

  function judge({ cause, ms, reached, stage }: StageFailure) {
    const { code, remedy } = diagnose(stage, { error: cause, target, ...reached })
    const report = reportError(cause)
    const { message } = report
    return { stage, ms, code, message, remedy: remedy ?? report.remedy, error: cause, report }
  }
}

interface Verdict {
  readonly stage: Stage
  readonly ms: number
  readonly code: string
  readonly message: string
  readonly remedy: string
  readonly report: { readonly code: string; readonly facts: Readonly<Record<string, unknown>> }
}

function describeStage(
  stage: Stage,
  steps: readonly Step[],
  verdict: Verdict | undefined,
): Readonly<Record<string, unknown>> {
  const step = steps.find((one) => one.stage === stage)
  if (step !== undefined) return { stage, status: 'ok', detail: step.detail, ms: step.ms }
  if (verdict?.stage !== stage) return { stage, status: 'skipped' }
  const { message, ms, remedy, report } = verdict
  return { stage, status: 'failed', ms, code: report.code, message, remedy, facts: report.facts }
}

function sayStep({ output }: CommandContext, { stage, detail, ms }: Step): void {
  const time = ms === 0 ? '' : output.paint('dim', `   ${ms} ms`)
  output.line(`${output.paint('green', '✓')} ${titles[stage].padEnd(12)} ${detail}${time}`)
}

function sayFailure({ output }: CommandContext, verdict: Verdict): void {
  const { stage, message, remedy } = verdict
  output.line(`${output.paint('red', '✗')} ${titles[stage].padEnd(12)} ${message}`)
  for (const later of stages.slice(stages.indexOf(stage) + 1)) {
    output.line(output.paint('dim', `- ${titles[later].padEnd(12)} not tried`))
  }
  output.line('')
  output.line(output.paint('bold', verdict.code.toLowerCase().replaceAll('_', ' ')))
  if (remedy !== '') output.line(remedy)
}
