import { exitCodeOf } from './exit-codes.ts'

/** What a program is told about the error that ended a command. */
export interface ErrorReport {
  readonly code: string
  /** What was wrong. */
  readonly message: string
  /** What to do about it; empty where there is nothing to advise. */
  readonly remedy: string
  readonly exitCode: number
  /** What was found, as data. */
  readonly facts: Readonly<Record<string, unknown>>
}

/** What there is to say about an error. Nothing in it can move a terminal's cursor, whoever wrote the text. */
export function reportError(error: unknown): ErrorReport {
  const exitCode = exitCodeOf(error)
  if (!(error instanceof Error)) {
    return { code: 'UNEXPECTED', message: clean(String(error)), remedy: '', exitCode, facts: {} }
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'UNEXPECTED'
  const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : ''
  // The message of the SDK's errors is the summary followed by the remedy.
  const message = error.message.endsWith(remedy)
    ? error.message.slice(0, error.message.length - remedy.length)
    : error.message
  return {
    code,
    message: clean(message) || error.name,
    remedy: clean(remedy),
    exitCode,
    facts: 'facts' in error && isRecord(error.facts) ? error.facts : {},
  }
}

/** The same for people: what was wrong on one line, what to do on the next. */
export function formatReport(report: ErrorReport): readonly string[] {
  return report.remedy === '' ? [report.message] : [report.message, report.remedy]
}

/** The stacks of an error and of everything that led to it, for whoever asked for them. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const inner =
    error instanceof AggregateError ? error.errors.map((part) => stackOf(part)).join('\n') : ''
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`
  return `${error.stack ?? ''}${inner === '' ? '' : `\n${inner}`}${cause}`
}

function clean(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
      .trim()
      .slice(0, 2000)
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
