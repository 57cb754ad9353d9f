import type { Form } from './documented.ts'

/** That a request succeeds is covered like one of its failures. */
export const success = 'succeeds'

/** A test that there is: of which request, of what, in which form. */
export interface Covered {
  readonly request: string
  readonly what: string
  readonly form: Form
}

/** What should be tested and is not, and what is tested though nothing documents it. */
export function coverageGaps(
  wanted: Readonly<Record<string, readonly string[]>>,
  forms: readonly Form[],
  covered: readonly Covered[],
): readonly string[] {
  const found = new Set(covered.map(({ request, what, form }) => nameOf(request, what, form)))
  const needed = new Set(
    Object.entries(wanted).flatMap(([request, failures]) =>
      [success, ...failures].flatMap((what) => forms.map((form) => nameOf(request, what, form))),
    ),
  )
  return [
    ...[...needed].filter((name) => !found.has(name)).map((name) => `no test: ${name}`),
    ...[...found].filter((name) => !needed.has(name)).map((name) => `not documented: ${name}`),
  ]
}

function nameOf(request: string, what: string, form: Form): string {
  return `${request}, ${what}, over ${form}`
}
