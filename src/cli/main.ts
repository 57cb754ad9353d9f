#!/usr/bin/env node
import { type Command, CommanderError } from 'commander'
import { toCommandLineError } from './command-line-error.ts'
import { type ExitCode, exitCodeOf, exitCodes, isNoMatterOfSignals } from './exit-codes.ts'
import { Interruption } from './interruption.ts'
import { Output } from './output.ts'
import { createProgram, type Runner } from './program.ts'

const { env, stdin, stdout, stderr } = process
const terminal = { stdout, stderr, env }
const interruption = new Interruption()

stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, such as head, is no failure.
  if (error.code === 'EPIPE') interruption.readerGone()
  else throw error
})
// Whoever closes standard error does not want to know.
stderr.on('error', () => {})

process.on('uncaughtException', (error) => {
  new Output(terminal, process.argv.includes('--json')).error(error)
  process.exit(exitCodes.unexpected)
})

const run: Runner = async (options, command, endsOnSignal = false) => {
  const output = new Output(terminal, options.json === true)
  // Nobody answers questions in CI, whatever the streams look like.
  const isInteractive = stdin.isTTY === true && stderr.isTTY === true && (env['CI'] ?? '') === ''
  const { signal } = interruption
  interruption.listen(process, exitCodes.interrupted)
  try {
    await command({ output, env, options, signal, stdin, isInteractive })
    process.exitCode = interrupted(endsOnSignal) ?? exitCodes.ok
  } catch (error) {
    const code = interrupted(endsOnSignal)
    const isOwnFault = isNoMatterOfSignals(error)
    process.exitCode = isOwnFault ? exitCodeOf(error) : (code ?? exitCodeOf(error))
    // What may have been traded is said in any case.
    if (code === undefined || isOwnFault || exitCodeOf(error) === exitCodes.outcomeUnknown) {
      output.error(error)
    }
  }
}

/** The exit status after an interruption; undefined if there was none. */
function interrupted(endsOnSignal: boolean): ExitCode | undefined {
  if (interruption.cause === undefined) return undefined
  return interruption.cause === 'reader-gone' || endsOnSignal ? exitCodes.ok : exitCodes.interrupted
}

/** The command that was called, with its verb: `sandbox gap`; undefined if there is none of that name. */
function calledIn(parent: Command, [word, ...rest]: readonly string[]): string | undefined {
  const found = parent.commands.find((command) => command.name() === word)
  if (found === undefined) return undefined
  const verb = calledIn(found, rest)
  return verb === undefined ? found.name() : `${found.name()} ${verb}`
}

const program = createProgram(run)
try {
  await program.parseAsync(process.argv)
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // Help and version end through here as well; commander has printed them.
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (error.exitCode !== 0 && error.code !== 'commander.help') {
    const output = new Output(terminal, process.argv.includes('--json'))
    output.error(toCommandLineError(error, calledIn(program, process.argv.slice(2))))
  }
}
