import { InvalidArgumentError } from '../../errors.ts'
import { checkOptionNames, type OptionNames } from '../../known-options.ts'
import { say } from '../../say.ts'
import type { RecordSessionsOptions } from './record-sessions.ts'
import type { ReplaySessionsOptions } from './replay-sessions.ts'

const recordNames: OptionNames<RecordSessionsOptions> = {
  target: true,
  ca: true,
  file: true,
  secrets: true,
  frameBytes: true,
  port: true,
  jsonPort: true,
  caDir: true,
  clock: true,
  logger: true,
}

const replayNames: OptionNames<ReplaySessionsOptions> = {
  file: true,
  compare: true,
  pace: true,
  port: true,
  jsonPort: true,
  caDir: true,
  clock: true,
  logger: true,
}

const targetNames: OptionNames<RecordSessionsOptions['target']> = {
  host: true,
  port: true,
  jsonPort: true,
}

/**
 * Checks what can be checked before anything is started. A secret that is given under another name would stand in the file.
 *
 * @throws InvalidArgumentError that names the option
 */
export function checkRecordOptions(options: RecordSessionsOptions): void {
  checkOptionNames('recordSessions', options, recordNames)
  const { target, secrets = [] } = options
  checkOptionNames('The target of recordSessions', target, targetNames)
  checkText('target.host', target.host)
  checkPort('target.port', target.port, 1)
  if (target.jsonPort !== undefined) checkPort('target.jsonPort', target.jsonPort, 1)
  if (!Array.isArray(secrets) || secrets.some((secret) => typeof secret !== 'string')) {
    throw new InvalidArgumentError('The option secrets is no list of texts.', {
      facts: { option: 'secrets' },
      remedy: 'Give an array of strings.',
    })
  }
  checkPlace(options)
}

/** As {@link checkRecordOptions}. @throws InvalidArgumentError that names the option */
export function checkReplayOptions(options: ReplaySessionsOptions): void {
  checkOptionNames('replaySessions', options, replayNames)
  checkChoice('compare', options.compare, ['fields', 'names'])
  checkChoice('pace', options.pace, ['recorded', 'at-once'])
  checkPlace(options)
}

function checkPlace({ file, port = 0, jsonPort = 0 }: ReplaySessionsOptions): void {
  checkText('file', file)
  checkPort('port', port, 0)
  checkPort('jsonPort', jsonPort, 0)
}

function checkText(option: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw wrong(option, value, 'Give a text.')
}

function checkPort(option: string, value: unknown, least: number): void {
  const isPort = Number.isInteger(value) && Number(value) >= least && Number(value) <= 65_535
  if (!isPort) throw wrong(option, value, `Give a port from ${least} to 65535.`)
}

function checkChoice(option: string, value: unknown, known: readonly string[]): void {
  if (value === undefined || known.includes(value as string)) return
  throw wrong(option, value, `Choose ${known.join(' or ')}.`)
}

function wrong(option: string, value: unknown, remedy: string): InvalidArgumentError {
  return new InvalidArgumentError(`The option ${option} cannot be ${say(value)}.`, {
    facts: { option },
    remedy,
  })
}
