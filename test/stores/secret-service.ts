import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A message bus and a keyring of the test's own, unlocked with a password. */
export interface SecretService {
  /** What a child needs to find it. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/**
 * Starts gnome-keyring under a bus of its own, and lets this process find it; undefined where one of them is missing. In
 * CI they must be there.
 */
export async function startSecretService(): Promise<SecretService | undefined> {
  if (process.platform !== 'linux') return undefined
  const home = await mkdtemp(join(tmpdir(), 'ctrader-keyring-'))
  const children: ChildProcess[] = []
  const stop = async (): Promise<void> => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }
    await rm(home, { recursive: true, force: true })
  }
  try {
    const bus = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    children.push(bus)
    await once(bus, 'spawn')
    const [address] = (await once(bus.stdout, 'data')) as [Buffer]
    const env = {
      DBUS_SESSION_BUS_ADDRESS: address.toString().trim(),
      XDG_DATA_HOME: home,
      XDG_RUNTIME_DIR: home,
      HOME: home,
    }
    const keyring = spawn(
      'gnome-keyring-daemon',
      ['--unlock', '--foreground', '--components=secrets', `--control-directory=${home}`],
      { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, ...env } },
    )
    children.push(keyring)
    await once(keyring, 'spawn')
    keyring.stdin.end('password of the test\n')
    // It prints its settings when it is on the bus.
    await once(keyring.stdout, 'data')
    return { env, stop }
  } catch (error) {
    await stop()
    if (process.env['CI'] === 'true') {
      throw new Error('dbus-daemon and gnome-keyring-daemon cannot be started.', { cause: error })
    }
    console.warn('No secret service can be started here. Its tests are skipped.')
    return undefined
  }
}
