export interface PageBlock {
  readonly language: string
  readonly info: string
  readonly line: number
  readonly code: string
}
export const root: string
export function pages(): string[]
export function readPage(page: string): {
  readonly prose: string
  readonly blocks: readonly PageBlock[]
  readonly unclosed: number | undefined
}
/** The TypeScript blocks of a page as one text, every line where it stands in the page. */
export function programOf(page: string): string
/** Whether the blocks of a page say that they are one program. */
export function isOneProgram(page: string): boolean
