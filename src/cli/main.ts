#!/usr/bin/env node
import { CommanderError } from 'commander'
import { createContext } from './context.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { createProgram, type Runner } from './program.ts'

const terminal = { stdout: process.stdout, stderr: process.stderr, env: process.env }
const interruption = new AbortController()

// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok)
  throw error
})

const run: Runner = async (options, command, endsOnSignal = false) => {
  const isInteractive = process.stdin.isTTY === true && process.stderr.isTTY === true
  const context = createContext(terminal, options, interruption.signal, isInteractive)
  const interrupt = (): void => interruption.abort(new DOMException('Interrupted', 'AbortError'))
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, interrupt)
  try {
    await command(context)
    process.exitCode =
      !interruption.signal.aborted || endsOnSignal ? exitCodes.ok : exitCodes.interrupted
  } catch (error) {
    if (interruption.signal.aborted) process.exitCode = exitCodes.interrupted
    else {
      context.output.error(error)
      process.exitCode = exitCodeOf(error)
    }
  }
}

try {
  await createProgram(run).parseAsync(process.argv)
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // Help and version end through here as well; commander has printed everything.
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
}
