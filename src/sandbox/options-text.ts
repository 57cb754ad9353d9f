import { InvalidArgumentError } from '../errors.ts'
import type { TimeChoice } from './control/index.ts'
import { checkSandboxOptions, type SandboxOptions } from './options.ts'

/** The sandbox's options as a command line holds them. */
export interface SandboxOptionsText {
  readonly seed?: string | undefined
  /** `real`, `owned`, or how many times faster than real. */
  readonly time?: string | undefined
  readonly marketHours?: string | undefined
  /** Each `SYMBOL=FILE`. */
  readonly replay?: readonly string[] | undefined
  readonly speed?: string | undefined
  readonly httpPort?: string | undefined
  readonly demoPort?: string | undefined
  readonly demoJsonPort?: string | undefined
  readonly livePort?: string | undefined
  readonly liveJsonPort?: string | undefined
  readonly redirectUri?: readonly string[] | undefined
  readonly caDir?: string | undefined
}

const numbers = [
  'seed',
  'speed',
  'httpPort',
  'demoPort',
  'demoJsonPort',
  'livePort',
  'liveJsonPort',
] as const

/**
 * Reads the options of `ctrader sandbox`.
 *
 * @throws InvalidArgumentError that names the option, what was given and what it takes
 */
export function parseSandboxOptions(text: SandboxOptionsText): SandboxOptions {
  const options: Record<string, unknown> = {}
  for (const name of numbers) {
    const value = text[name]
    if (value !== undefined) options[name] = parseNumber(name, value)
  }
  if (text.time !== undefined) options['time'] = parseTime(text.time)
  if (text.marketHours !== undefined) options['marketHours'] = text.marketHours
  if (text.caDir !== undefined) options['caDir'] = text.caDir
  if (text.redirectUri !== undefined && text.redirectUri.length > 0) {
    options['redirectUris'] = [...text.redirectUri]
  }
  if (text.replay !== undefined && text.replay.length > 0) {
    options['replay'] = parseReplay(text.replay)
  }
  // What the types promise is only text so far; this makes it true or throws.
  const result = options as SandboxOptions
  checkSandboxOptions(result)
  return result
}

function parseNumber(option: string, text: string): number {
  // Number() alone reads "" and " " as 0, and "0x10" as 16.
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new InvalidArgumentError(`The sandbox option ${option} cannot be "${text}".`, {
    facts: { option, value: text },
    remedy: 'Give a number in decimal digits.',
  })
}

function parseTime(text: string): TimeChoice {
  if (text === 'real' || text === 'owned') return text
  if (/^\d+(\.\d+)?$/.test(text)) return { mode: 'accelerated', factor: Number(text) }
  throw new InvalidArgumentError(`The sandbox option time cannot be "${text}".`, {
    facts: { option: 'time', value: text },
    remedy: 'Give real, owned (it moves when it is told to), or how many times faster than real.',
  })
}

function parseReplay(entries: readonly string[]): Readonly<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const entry of entries) {
    const [, symbol, file] = /^([^=]+)=(.+)$/.exec(entry) ?? []
    if (symbol === undefined || file === undefined) {
      throw new InvalidArgumentError(`The sandbox option replay cannot be "${entry}".`, {
        facts: { option: 'replay', value: entry },
        remedy: 'Give SYMBOL=FILE, e.g. EURUSD=ticks.csv.gz.',
      })
    }
    if (Object.hasOwn(files, symbol)) {
      throw new InvalidArgumentError(`Two recordings were given for ${symbol}.`, {
        facts: { option: 'replay', symbol },
        remedy: 'Give one file per symbol.',
      })
    }
    files[symbol] = file
  }
  return files
}
