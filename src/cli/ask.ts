import type { AskForAnswer } from '../oauth/index.ts'
import type { CommandContext } from './context.ts'
import { UsageError } from './errors.ts'
import { LineInput } from './line-input.ts'

type Asker = Pick<CommandContext, 'output' | 'stdin' | 'isInteractive' | 'signal'>

/**
 * Asks a person yes or no. Nothing but "y" and "yes" is a yes.
 *
 * @param flag the option that answers in advance
 * @throws {@link UsageError} naming the option where nobody can be asked
 */
export async function confirm(context: Asker, question: string, flag: string): Promise<boolean> {
  const { output, signal } = context
  if (!context.isInteractive) {
    throw new UsageError(question, `Nobody can be asked here: ${flag} says yes.`)
  }
  output.prompt(`${question} Go on? [y/N] `)
  const answer = await lineInput(context).read(signal)
  if (answer === undefined) output.note('')
  return /^y(es)?$/i.test((answer ?? '').trim())
}

/** How the code of a login is asked for: nothing that is typed or pasted is shown. */
export function askForAnswer(context: Asker): AskForAnswer {
  const { output } = context
  const lines = lineInput(context)
  return async ({ problem, signal }) => {
    if (problem !== undefined) output.note(output.paint('yellow', problem, 'stderr'))
    return lines.readHidden(signal, 'Paste the address (it is not shown): ')
  }
}

/**
 * Asks for a line that is not shown.
 *
 * @throws {@link UsageError} when the input ends instead
 */
export async function askHidden(
  context: Pick<CommandContext, 'output' | 'stdin' | 'signal'>,
  question: string,
): Promise<string> {
  const answer = await lineInput(context).readHidden(context.signal, question)
  if (answer === undefined) throw new UsageError('Nothing was typed.', 'Try again.')
  return answer
}

function lineInput({ stdin, output }: Pick<CommandContext, 'output' | 'stdin'>): LineInput {
  return new LineInput({
    stdin,
    write: (text) => output.prompt(text),
    interrupt: () => process.kill(process.pid, 'SIGINT'),
  })
}
