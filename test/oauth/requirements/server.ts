import type { RequirementRows } from './row.ts'

/** The sandbox's authorization server. */
export const server: RequirementRows = {}
