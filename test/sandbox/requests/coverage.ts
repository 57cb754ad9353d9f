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

/** Error codes that nothing provokes without a reason, and what contradicts itself about them. */
export function codeGaps(
  codes: readonly string[],
  provoked: readonly string[],
  unprovoked: Readonly<Record<string, string>>,
): readonly string[] {
  const excused = Object.keys(unprovoked)
  return [
    ...codes
      .filter((code) => !provoked.includes(code) && !excused.includes(code))
      .map((code) => `not provoked: ${code}`),
    ...excused
      .filter((code) => provoked.includes(code))
      .map((code) => `provoked after all: ${code}`),
    ...[...new Set([...provoked, ...excused])]
      .filter((code) => !codes.includes(code))
      .map((code) => `no error code: ${code}`),
  ]
}

function nameOf(request: string, what: string, form: Form): string {
  return `${request}, ${what}, over ${form}`
}
