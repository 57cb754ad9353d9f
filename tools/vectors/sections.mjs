// Text-format files with several cases: each begins with a line `#: name of the case`, which protoc reads as a comment.
import { readdirSync, readFileSync } from 'node:fs'

/**
 * @typedef {{ message: string, name: string, text: string }} Case
 */

/**
 * All cases of a folder whose files are named after the message they hold, in a stable order.
 *
 * @param {URL} folder
 * @returns {Case[]}
 */
export function readCases(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txtpb'))
    .sort()
    .flatMap((file) =>
      splitCases(file.slice(0, -'.txtpb'.length), readFileSync(new URL(file, folder), 'utf8')),
    )
}

/**
 * @param {string} message
 * @param {string} text
 * @returns {Case[]}
 */
function splitCases(message, text) {
  const [before, ...sections] = text.split(/^#: /m)
  if (before?.replace(/^#.*$/gm, '').trim() !== '')
    throw new Error(`${message}: text before the first case`)
  return sections.map((section) => {
    const end = section.indexOf('\n')
    return { message, name: section.slice(0, end).trim(), text: section.slice(end + 1) }
  })
}

/** @param {{ name: string, text: string }[]} cases */
export function joinCases(cases) {
  return cases.map(({ name, text }) => `#: ${name}\n${text}`).join('\n')
}
