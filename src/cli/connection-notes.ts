import { type Client, type ConnectionStatus, systemClock } from '../index.ts'
import { reportError } from './error-report.ts'
import type { Output } from './output.ts'

/**
 * Says on standard error when a connection of the client is lost, when the next attempt is due, and when it is back, until
 * the client is closed. Never rejects.
 */
export async function sayConnection(
  output: Pick<Output, 'note'>,
  client: Pick<Client, 'watchStatus'>,
): Promise<void> {
  // The hosts that were connected once, and whether they are now.
  const isUp = new Map<string, boolean>()
  for await (const { host, index, status } of client.watchStatus()) {
    const key = `${host} ${index}`
    const wasUp = isUp.get(key)
    const note = noteOn({ host, index, status }, wasUp)
    if (note !== undefined) output.note(note)
    if (status.phase === 'ready' || status.phase === 'partial') isUp.set(key, true)
    else if (wasUp === true) isUp.set(key, false)
  }
}

function noteOn(
  { host, status }: ConnectionStatus,
  wasUp: boolean | undefined,
): string | undefined {
  switch (status.phase) {
    case 'connecting':
      return wasUp === true ? `The connection to ${host} was lost; connecting again.` : undefined
    case 'waiting': {
      if (wasUp === undefined) return undefined
      const seconds = Math.max(0, (status.until - systemClock.now()) / 1000).toFixed(1)
      const lost = wasUp ? `The connection to ${host} was lost. ` : ''
      return `${lost}${reportError(status.error).message} Trying again in ${seconds} s.`
    }
    case 'ready':
      return wasUp === false ? `Connected again to ${host}.` : undefined
    case 'partial':
      return wasUp === true
        ? undefined
        : `Connected${wasUp === false ? ' again' : ''} to ${host}, but not everything is back yet: ${status.missing
            .map(({ error }) => reportError(error).message)
            .join(' ')}`
    default:
      return undefined
  }
}
