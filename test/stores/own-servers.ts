import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../oauth/free-port.ts'
import { runRedis, runSql } from './servers.ts'

/** A server of the test's own, which can be ended and started again on the same port with the same data. */
export interface OwnServer {
  readonly url: string
  start(): Promise<void>
  /** Ends it without a goodbye, as a crash would. */
  kill(): Promise<void>
  /** Ends it and removes its data. */
  remove(): Promise<void>
}

/** An own PostgreSQL; undefined, which skips its tests visibly, where its programs are missing. In CI they must be there. */
export async function ownPostgres(): Promise<OwnServer | undefined> {
  const bin = postgresPrograms()
  if (bin === undefined) return missing('PostgreSQL')
  const root = await mkdtemp(join(tmpdir(), 'ctrader-postgres-'))
  const data = join(root, 'data')
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  // It refuses to run as root.
  const asOther = process.getuid?.() === 0
  const prefix = asOther ? ['runuser', '-u', 'postgres', '--'] : []
  if (asOther) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })),
    )
    await chmod(root, 0o711)
    await mkdir(data)
    await chown(data, uid ?? 0, gid ?? 0)
    await chown(root, uid ?? 0, gid ?? 0)
  }
  const [initdb = '', ...initdbOptions] = [
    ...prefix,
    join(bin, 'initdb'),
    `--pgdata=${data}`,
    '--auth=trust',
    '--username=postgres',
    '--no-sync',
  ]
  execFileSync(initdb, initdbOptions, { stdio: 'ignore', cwd: root })
  const [program = '', ...options] = [
    ...prefix,
    join(bin, 'postgres'),
    ...['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
    ...['-c', `unix_socket_directories=${root}`, '-c', 'log_destination=stderr'],
  ]
  const [stopProgram = '', ...stopOptions] = [
    ...prefix,
    join(bin, 'pg_ctl'),
    `--pgdata=${data}`,
    '--mode=immediate',
    '--wait',
    'stop',
  ]
  let running: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    const child = running
    running = undefined
    if (child === undefined) return
    const gone = once(child, 'exit')
    execFileSync(stopProgram, stopOptions, { stdio: 'ignore', cwd: root })
    await gone
  }
  return {
    url,
    async start() {
      running = spawn(program, options, { stdio: 'ignore', cwd: root })
      await answering(running, () => runSql(url, 'select 1'))
    },
    kill,
    async remove() {
      await kill()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** An own Redis that keeps every write, the same way. */
export async function ownRedis(): Promise<OwnServer | undefined> {
  if (spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status !== 0) {
    return missing('Redis')
  }
  const root = await mkdtemp(join(tmpdir(), 'ctrader-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  const options = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', root],
    ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
  ]
  let running: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    const child = running
    running = undefined
    if (child === undefined) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return {
    url,
    async start() {
      running = spawn('redis-server', options, { stdio: 'ignore' })
      await answering(running, () => runRedis(url, ['PING']))
    },
    kill,
    async remove() {
      await kill()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** Asks until it answers. A server that ends instead has failed. */
async function answering(child: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await ask()
      return
    } catch (error) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error('The server of the test has ended at its start.', { cause: error })
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

function postgresPrograms(): string | undefined {
  if (process.getuid?.() === 0 && spawnSync('id', ['postgres'], { stdio: 'ignore' }).status !== 0) {
    return undefined
  }
  const root = '/usr/lib/postgresql'
  try {
    const versions = readdirSync(root).sort((a, b) => Number(a) - Number(b))
    const newest = versions.at(-1)
    return newest === undefined ? undefined : join(root, newest, 'bin')
  } catch {
    return undefined
  }
}

function missing(name: string): undefined {
  const problem = `The programs of ${name} are not here to start a server of the test's own.`
  if (process.env['CI'] === 'true') throw new Error(problem)
  console.warn(`${problem} Its tests are skipped.`)
  return undefined
}
