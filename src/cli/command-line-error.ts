import type { CommanderError } from 'commander'

/** The command line could not be understood. */
export class CommandLineError extends Error {
  readonly code = 'USAGE'
  readonly remedy: string

  constructor(summary: string, remedy: string) {
    super(`${summary} ${remedy}`)
    this.remedy = remedy
    this.name = 'CommandLineError'
  }
}

/**
 * Says in this command's words what commander complains about.
 *
 * @param command name of the command that was called, if it is one
 */
export function toCommandLineError(
  error: CommanderError,
  command: string | undefined,
): CommandLineError {
  const [first = '', suggestion = ''] = error.message.replace(/^error: /, '').split('\n')
  // An unknown option is quoted with its value, which may be a secret that somebody tried to pass.
  const problem = first.replace(/'(--?[\w-]+)=.*'/, "'$1'")
  const summary = `${problem.charAt(0).toUpperCase()}${problem.slice(1).replace(/\.$/, '')}.`
  if (error.code === 'commander.unknownOption' && /secret|token|password/i.test(problem)) {
    return new CommandLineError(
      summary,
      'Secrets are never taken from arguments, which everybody on the machine can read: set CTRADER_CLIENT_SECRET, CTRADER_ACCESS_TOKEN or CTRADER_REFRESH_TOKEN.',
    )
  }
  const help = `ctrader ${command === undefined ? '' : `${command} `}--help`
  const hint = /Did you mean (?:one of )?(.+)\?\)$/.exec(suggestion)?.[1]
  return new CommandLineError(
    summary,
    hint === undefined ? `\`${help}\` shows what there is.` : `Did you mean ${hint}?`,
  )
}
