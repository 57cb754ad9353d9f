// Reads the pages people read.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The hand-written pages: those in the root, and everything under docs/. Paths from the root. */
export function pages() {
  const top = readdirSync(root).filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md')
  return [
    ...top,
    ...below(join(root, 'docs')),
    ...below(join(root, 'examples')),
    ...below(join(root, 'bench')),
  ].sort()
}

function below(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : below(path)
    return entry.name.endsWith('.md') ? [relative(root, path)] : []
  })
}

/** Splits a page into its prose, with code blanked out line by line, and its code blocks. */
export function readPage(page) {
  return splitPage(readFileSync(join(root, page), 'utf8'))
}

export function splitPage(text) {
  const prose = []
  const blocks = []
  let open
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^(\s*)(```+|~~~+)\s*([\w-]*)\s*(.*)$/.exec(line)
    if (open === undefined && fence !== null) {
      const [, indent, mark, language, info] = fence
      // The code begins on the line after the fence; lines count from 1.
      open = { indent, mark, language, info, line: index + 2, code: '' }
      prose.push('')
    } else if (open !== undefined && line.trim() === open.mark) {
      blocks.push({ language: open.language, info: open.info, line: open.line, code: open.code })
      open = undefined
      prose.push('')
    } else if (open !== undefined) {
      open.code += `${line.startsWith(open.indent) ? line.slice(open.indent.length) : line}\n`
      prose.push('')
    } else {
      prose.push(line)
    }
  }
  return { prose: prose.join('\n'), blocks, unclosed: open?.line }
}

/** Pages whose blocks are one program say so in bold: they are compiled and run together. */
export function isOneProgram(page) {
  return /\*\*(one\s+program|одну\s+программу)\*\*/.test(readPage(page).prose)
}

/** The TypeScript blocks of a page as one text, every line where it stands in the page. */
export function programOf(page) {
  const lines = []
  for (const { language, line, code } of readPage(page).blocks) {
    if (language !== 'ts') continue
    while (lines.length < line - 1) lines.push('')
    lines.push(...code.replace(/\n$/, '').split('\n'))
  }
  return `${lines.join('\n')}\n`
}
