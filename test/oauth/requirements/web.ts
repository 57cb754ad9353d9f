import type { RequirementRows } from './row.ts'

/** The login of a web application. */
export const web: RequirementRows = {}
