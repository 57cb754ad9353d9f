// Every relative link of the pages leads to a file that is there, and every #part to a heading that is there.
import { existsSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { pages, readPage, root } from './markdown.mjs'

const problems = []
let count = 0
for (const page of pages()) {
  const { prose, unclosed } = readPage(page)
  if (unclosed !== undefined) problems.push(`${page}:${unclosed} a code block is never closed`)
  for (const [index, line] of prose.split('\n').entries()) {
    for (const [, link] of line
      .replaceAll(/`[^`]*`/g, '')
      .matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
      if (/^[a-z]+:/.test(link)) continue
      count++
      const problem = follow(page, link)
      if (problem !== undefined) problems.push(`${page}:${index + 1} ${link}: ${problem}`)
    }
  }
}
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
else console.log(`${count} links`)

function follow(page, link) {
  const [path, part] = link.split('#')
  const target = path === '' ? page : normalize(join(dirname(page), decodeURI(path)))
  if (target.startsWith('..')) return 'leads out of the repository'
  if (!existsSync(join(root, target))) return 'no such file'
  if (part === undefined || statSync(join(root, target)).isDirectory() || !target.endsWith('.md'))
    return
  return anchors(target).includes(part) ? undefined : 'no such heading'
}

/** The names a page's headings have when it is shown as a web page. */
function anchors(page) {
  const seen = new Map()
  return [...readPage(page).prose.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading]) => {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-')
    const before = seen.get(slug) ?? 0
    seen.set(slug, before + 1)
    return before === 0 ? slug : `${slug}-${before}`
  })
}
