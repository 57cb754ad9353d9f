import { UsageError } from './errors.ts'

/** Seconds given on the command line, as milliseconds. */
export function readSeconds(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const seconds = Number(value)
  // A day is more than anybody waits for, and far from what timers cannot do.
  if (/^\d+(\.\d+)?$/.test(value) && seconds > 0 && seconds <= 86_400) {
    return Math.ceil(seconds * 1000)
  }
  throw new UsageError(
    `${option} cannot be "${value}".`,
    'Give seconds above 0, up to 86400, such as 2.5.',
    { option },
  )
}

/**
 * A whole number given as an option or a variable.
 *
 * @param what names it in the error, such as `--count`
 */
export function readInteger(what: string, value: string, least = 0): number {
  const number = Number(value)
  if (/^\d+$/.test(value) && Number.isSafeInteger(number) && number >= least) return number
  throw new UsageError(`${what} cannot be "${value}".`, `Give a whole number from ${least} up.`, {
    what,
  })
}

/** Yes or no given as an option. @param option names it in the error */
export function readYesOrNo(option: string, value: string): boolean {
  if (value === 'yes' || value === 'no') return value === 'yes'
  throw new UsageError(`${option} cannot be "${value}".`, 'Give yes or no.', { option })
}

/** A number given as an option or an argument, negative ones included. @param what names it in the error */
export function readNumber(what: string, value: string): number {
  // Number() alone reads "" as 0 and "0x10" as 16.
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  throw new UsageError(`${what} cannot be "${value}".`, 'Give a number in decimal digits.', {
    what,
  })
}

/** The number of a port to listen on; 0, which stands for any, where none is given. */
export function readPort(option: string, value: string | undefined): number {
  const port = value === undefined ? 0 : readInteger(option, value)
  if (port <= 65_535) return port
  throw new UsageError(`${option} cannot be "${value}".`, 'Give a port from 0 to 65535.', {
    option,
  })
}

/** One of some words given as an option; undefined where none is given. */
export function readChoice<T extends string>(
  option: string,
  value: string | undefined,
  words: readonly T[],
): T | undefined {
  const found = words.find((word) => word === value)
  if (found !== undefined || value === undefined) return found
  throw new UsageError(`${option} cannot be "${value}".`, `Give ${words.join(' or ')}.`, { option })
}
