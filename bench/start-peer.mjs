import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Starts the minimal peer in its own process. */
export async function startPeer(options) {
  const child = fork(fileURLToPath(new URL('peer.mjs', import.meta.url)), [JSON.stringify(options)])
  const [{ port }] = await once(child, 'message')
  return {
    port,
    /** Cuts every connection. Resolves with when that was, on the clock that all processes share. */
    async cut() {
      const answer = once(child, 'message')
      child.send('cut')
      return (await answer)[0]
    },
    stop: () => child.kill(),
  }
}
