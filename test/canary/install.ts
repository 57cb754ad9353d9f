import childProcess, { ChildProcess } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import type { Readable } from 'node:stream'
import util from 'node:util'
import { silentLogger } from '../../src/log.ts'
import { Credentials } from '../../src/sandbox/credentials.ts'
import { Random } from '../../src/sandbox/random.ts'
import { Secret } from '../../src/secret.ts'
import type { Canary } from './canary.ts'

const inspect = util.inspect
const brand = Symbol.for('ctrader-open-api.error')

/** What a program prints that it is started for: the one token of `ctrader token`, the line of the sandbox. */
const printsSecrets =
  /\/cli\/main\.js['"]? ['"]?(token|sandbox)['" ]|\/cli\/main\.js['"]? ['"]?(token|sandbox)['"]?$/

/**
 * Lets a canary know every secret of this process and see everything it says: what is logged where nobody listens, every
 * error of this package with all that hangs on it, whatever is inspected or printed, and the output and the arguments of
 * every program that is started.
 *
 * @returns how to look at the errors that were made since the last time; they are complete only after they were thrown
 */
export function installCanary(canary: Canary): () => void {
  learnFromSecrets(canary)
  learnFromSandbox(canary)
  watchLogs(canary)
  watchPrinting(canary)
  watchInspection(canary)
  watchPrograms(canary)
  return watchErrors(canary)
}

function learnFromSecrets(canary: Canary): void {
  const { reveal } = Secret.prototype
  Secret.prototype.reveal = function (this: Secret): string {
    const value = reveal.call(this)
    canary.learn(value)
    return value
  }
}

/** Tokens, codes, cookies and client secrets come about in these two places; ids of applications are not secret. */
function learnFromSandbox(canary: Canary): void {
  const { token } = Random.prototype
  Random.prototype.token = function (this: Random, ...args: Parameters<Random['token']>): string {
    const value = token.apply(this, args)
    const [, alphabet] = args
    if (alphabet === undefined || alphabet === '0123456789abcdef') canary.learn(value)
    return value
  }
  const { secret } = Credentials.prototype
  Credentials.prototype.secret = function (this: Credentials): string {
    const value = secret.call(this)
    canary.learn(value)
    return value
  }
}

function watchLogs(canary: Canary): void {
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    Object.assign(silentLogger, {
      [level]: (fields: unknown, message: string) =>
        canary.watch(`the log (${level})`, `${message} ${show(fields)}`),
    })
  }
}

function watchPrinting(canary: Canary): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name]
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
    stream.write = ((...args: unknown[]) => {
      canary.watch(`${name} of the tests`, String(args[0]))
      return write(...args)
    }) as typeof stream.write
  }
  for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    const print = console[name].bind(console)
    console[name] = (...args: unknown[]) => {
      canary.watch(
        `console.${name}`,
        args.map((one) => (typeof one === 'string' ? one : show(one))).join(' '),
      )
      print(...args)
    }
  }
}

function watchInspection(canary: Canary): void {
  const watched = (...args: Parameters<typeof inspect>): string => {
    const text = inspect(...args)
    canary.watch('util.inspect', text)
    return text
  }
  util.inspect = Object.assign(watched, inspect)
  syncBuiltinESMExports()
}

function watchPrograms(canary: Canary): void {
  const prototype = ChildProcess.prototype as unknown as { spawn(options: object): unknown }
  const { spawn } = prototype
  prototype.spawn = function (this: ChildProcess, options: object): unknown {
    const result = spawn.call(this, options)
    const command = (this.spawnargs ?? []).join(' ')
    const name = command.replace(/\S*\//g, '').slice(0, 60)
    canary.watch(`the arguments of ${name}`, command)
    const purpose = printsSecrets.test(command)
    watchStream(this.stdout, (text) => {
      learnFromLine(canary, text)
      if (!purpose) canary.watch(`stdout of ${name}`, text)
    })
    watchStream(this.stderr, (text) => canary.watch(`stderr of ${name}`, text))
    return result
  }
  const { spawnSync } = childProcess
  childProcess.spawnSync = ((...args: Parameters<typeof spawnSync>) => {
    const ended = spawnSync(...args)
    const command = [args[0], ...(Array.isArray(args[1]) ? args[1] : [])].join(' ')
    const name = command.replace(/\S*\//g, '').slice(0, 60)
    canary.watch(`the arguments of ${name}`, command)
    if (!printsSecrets.test(command)) canary.watch(`stdout of ${name}`, String(ended.stdout ?? ''))
    canary.watch(`stderr of ${name}`, String(ended.stderr ?? ''))
    return ended
  }) as typeof spawnSync
  syncBuiltinESMExports()
}

/** Looks on as a stream is filled, without reading from it: whoever reads it later still gets everything. */
function watchStream(stream: Readable | null, see: (text: string) => void): void {
  if (stream === null) return
  let whole = ''
  const push = stream.push.bind(stream)
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    // Together with what came before: a secret can be cut in two by a chunk.
    if (chunk !== null) {
      whole = `${whole}${String(chunk)}`.slice(-1_000_000)
      see(whole)
    }
    return push(chunk, encoding)
  }
}

/** A sandbox in another process tells its secrets in its line. */
function learnFromLine(canary: Canary, text: string): void {
  for (const [, value = ''] of text.matchAll(
    /"(?:accessToken|refreshToken|clientSecret)":"([^"]{12,})"/g,
  )) {
    canary.learn(value)
  }
}

function watchErrors(canary: Canary): () => void {
  const fresh = new Set<object>()
  const define = Object.defineProperty
  Object.defineProperty = ((target: object, name: PropertyKey, details: PropertyDescriptor) => {
    // Every error of this package marks itself as one. A few thousand of a test are enough to look at.
    if (name === brand && fresh.size < 5_000) fresh.add(target)
    return define(target, name, details)
  }) as typeof define
  return () => {
    for (const error of fresh) {
      const { name = 'an error' } = error as Error
      canary.watch(name, show(error))
      canary.watch(`${name} as JSON`, JSON.stringify(error) ?? '')
      canary.watch(`${name} as text`, `${String(error)} ${(error as Error).stack}`)
    }
    fresh.clear()
  }
}

/** Everything there is to see of a value, as a curious person would look at it. */
function show(value: unknown): string {
  return inspect(value, { depth: 8, showHidden: true, maxStringLength: null })
}
