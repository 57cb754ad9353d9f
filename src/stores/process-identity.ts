import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** What tells one run of one process from all others. */
export interface ProcessIdentity {
  readonly pid: number
  /** The machine since its last start, as its processes see it: two containers of one machine differ. */
  readonly machine: string
  /** When the process began, in a unit of the system's own; undefined where the system does not tell. */
  readonly start: string | undefined
}

/** `unknown` for processes of another machine, and where a number may have been given to another process. */
export type Liveness = 'alive' | 'dead' | 'unknown'

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, machine: machineName(), start: startOf(process.pid) }
}

/** Whether a process still runs, asked from this one. */
export function livenessOf(other: ProcessIdentity, own: ProcessIdentity): Liveness {
  if (other.machine !== own.machine) return 'unknown'
  try {
    process.kill(other.pid, 0)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    // EPERM: there is one, of another user.
    if (code === 'ESRCH') return 'dead'
    if (code !== 'EPERM') return 'unknown'
  }
  if (other.start === undefined) return 'unknown'
  const start = startOf(other.pid)
  if (start === undefined) return 'unknown'
  return start === other.start ? 'alive' : 'dead'
}

function machineName(): string {
  if (process.platform !== 'linux') return hostname()
  const parts = [
    hostname(),
    quietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    quietly(() => readlinkSync('/proc/self/ns/pid')),
  ]
  return parts.filter((part) => part !== undefined).join(' ')
}

/** Field 22 of `/proc/PID/stat`; the name before it may contain spaces and brackets. */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined
  const text = quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  return text
    ?.slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .at(19)
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
