/** Asks for the state once a second while the page is looked at, and shows it. */
export const mainScript = `
import { showAuthorization } from './authorization.js'
import { showHead, showState } from './head.js'
import { showLogins } from './logins.js'
import { showSandbox } from './sandbox.js'
import { changedSwitches, showSwitches } from './switches.js'
import './tabs.js'
import { ask, loadsBy, refresh } from './talk.js'
import { showTrading } from './trading.js'
import { showJournal, showTraffic } from './traffic.js'

let mark = 0

async function load() {
  let state, auth
  try {
    ;[state, auth] = await Promise.all([ask('GET', '/state?since=' + mark), ask('GET', '/oauth/state')])
  } catch (error) {
    showState(error.message, true)
    return
  }
  mark = state.mark
  showHead(state, auth, changedSwitches(auth).length)
  showTrading(state, auth)
  showTraffic(state)
  showJournal(state.entries, state.kept)
  showLogins(state, auth)
  showAuthorization(auth)
  showSwitches(auth)
  showSandbox(state)
  showState('live')
}

loadsBy(load)
refresh()
setInterval(() => { if (!document.hidden) refresh() }, 1000)
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh() })
`
