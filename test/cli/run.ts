import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** What standard input holds: a text and then its end; or a pipe for the test to write to. @defaultValue nothing */
  readonly stdin?: string | 'pipe'
}

/** Variables of this machine that would change what a command does are left out. */
function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('CTRADER_'))
  return { ...Object.fromEntries(clean), CTRADER_CONFIG_DIR: '/nonexistent/ctrader', ...more }
}

export function start(args: readonly string[], options: RunOptions = {}): ChildProcess {
  const { stdin } = options
  const child = spawn(process.execPath, [command, ...args], {
    env: environment(options.env),
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  if (stdin !== undefined && stdin !== 'pipe') child.stdin?.end(stdin)
  return child
}

/** Whether this machine has the program that gives a command a terminal. */
export const hasTerminals = process.platform === 'linux' && existsSync('/usr/bin/script')

/**
 * Starts the command at a terminal of its own, as a person would. What is written to its standard input is typed; what
 * it shows comes on standard output.
 */
export function startAtTerminal(args: readonly string[], options: RunOptions = {}): ChildProcess {
  const quoted = [process.execPath, command, ...args].map(
    (arg) => `'${arg.replaceAll("'", "'\\''")}'`,
  )
  return spawn('/usr/bin/script', ['-qefc', `exec ${quoted.join(' ')}`, '/dev/null'], {
    env: { ...environment(options.env), TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** Collects what a process prints, and waits for parts of it. */
export class Watched {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''

  constructor(child: ChildProcess) {
    this.child = child
    child.stdout?.on('data', (chunk) => {
      this.stdout += chunk
    })
    child.stderr?.on('data', (chunk) => {
      this.stderr += chunk
    })
  }

  /** Waits until the pattern is found in everything printed, and returns what it found. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.stdout + this.stderr)
      if (found !== null) return found[1] ?? found[0]
      if (this.child.exitCode !== null) throw new Error(`It ended early: ${this.stderr}`)
      await Promise.race([
        once(this.child, 'close'),
        this.child.stdout && once(this.child.stdout, 'data'),
        this.child.stderr && once(this.child.stderr, 'data'),
      ])
    }
  }

  type(text: string): void {
    this.child.stdin?.write(text)
  }

  /** Its exit code, once everything it printed has arrived. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode !== null && this.child.stdout?.closed !== false) {
      return this.child.exitCode
    }
    const [code] = (await once(this.child, 'close')) as [number | null]
    return code
  }
}

/** Runs the built command to its end. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = start(args, options)
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}
