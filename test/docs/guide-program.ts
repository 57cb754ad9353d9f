import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { programOf, readPage, root } from '../../tools/check/markdown.mjs'

/** Writes the one program that the blocks of a page make, and returns its path. */
export function writeProgram(page: string): string {
  const folder = join(root, '.cache/guide')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${page.replaceAll(/[^\w]+/g, '-')}.mjs`)
  writeFileSync(file, programOf(page))
  return file
}

/** The headings of a page as their levels, and how often each other kind of thing is there. */
export function structureOf(page: string) {
  const { prose, blocks } = readPage(page)
  const lines = prose.split('\n')
  return {
    headings: lines
      .filter((line) => /^#{1,6} /.test(line))
      .map((line) => /^#+/.exec(line)?.[0].length),
    tables: lines.filter((line) => /^\|[-| ]+\|$/.test(line)).length,
    rows: lines.filter((line) => line.startsWith('|')).length,
    bullets: lines.filter((line) => /^ *- /.test(line)).length,
    steps: lines.filter((line) => /^ *\d+\. /.test(line)).length,
    links: Array.from(
      prose.matchAll(/\]\((https?:[^)]+)\)|<(https?:[^>]+)>/g),
      ([, a, b]) => a ?? b,
    ).sort(),
    names: Array.from(prose.matchAll(/`([^`]+)`/g), ([, name]) => name).sort(),
    code: blocks.map(
      ({ language, code }) =>
        `${language}\n${language === 'mermaid' ? code.split('\n').length : code}`,
    ),
  }
}
