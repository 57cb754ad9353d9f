/** Asking the admin API, and saying what came of it. */
export const talkScript = `
import { at } from './dom.js'

const token = document.querySelector('meta[name="admin-token"]').content
let load = async () => {}
let running

/** Names what brings the page up to date. */
export const loadsBy = (given) => { load = given }

/** Brings the page up to date; whoever asks meanwhile waits for the same. */
export const refresh = () => (running ??= load().finally(() => { running = undefined }))

export async function ask(method, path, body) {
  const response = await fetch('/admin' + path, {
    method,
    headers: { Authorization: 'Bearer ' + token, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => { throw new Error('The sandbox does not answer. Is it still running?') })
  if (response.status === 401) throw new Error('Another sandbox answers here now. Load the page again.')
  const answer = await response.json().catch(() => { throw new Error('The sandbox made a mistake: it answered with status ' + response.status + '.') })
  if (!response.ok) throw new Error(answer.error.message)
  return answer
}

/** Does something and shows what became of it. Throws what the API refuses. */
export async function carryOut(method, path, body) {
  const answer = await ask(method, path, body)
  // One that had been asked for before would not show it.
  await running
  await refresh()
  return answer
}

/** The same for a lonely button: what is refused is said at the bottom of the page. */
export async function act(method, path, body, success) {
  try {
    const answer = await carryOut(method, path, body)
    at('note').hidden = true
    if (success) tell(success)
    return answer
  } catch (error) {
    say(error.message)
  }
}

/** Says what went wrong, until it is dismissed or something succeeds. */
export function say(text) {
  at('done').hidden = true
  at('note-text').textContent = text
  at('note').hidden = false
}

let fading
/** Says for a moment that something was done. */
export function tell(text) {
  const done = at('done')
  done.textContent = text
  done.hidden = false
  clearTimeout(fading)
  fading = setTimeout(() => { done.hidden = true }, 4000)
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    tell('Copied.')
  } catch {
    say('The browser does not let this page copy. Select the text instead.')
  }
}

at('note-close').addEventListener('click', () => { at('note').hidden = true })
`
