/** One column of a table. */
export interface Column {
  readonly title: string
  /** @defaultValue 'left' */
  readonly align?: 'left' | 'right' | undefined
}

/** Lines of a table: every column as wide as its widest cell, two spaces between them, titles first. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const widths = columns.map((column, index) =>
    Math.max(...[column.title, ...rows.map((row) => row[index] ?? '')].map(widthOf)),
  )
  const format = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell)))
        return columns[index]?.align === 'right' ? padding + cell : cell + padding
      })
      .join('  ')
      .trimEnd()
  return [format(columns.map((column) => column.title)), ...rows.map(format)]
}

/** How many characters a person sees: names may hold characters of two code units. */
function widthOf(text: string): number {
  return [...text].length
}
