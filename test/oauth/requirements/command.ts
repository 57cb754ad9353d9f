import type { RequirementRows } from './row.ts'

/** Variables and configuration. */
export const command: RequirementRows = {
  'CF-8': [['src/oauth/token-record.test.ts', 'CF-8: refuses %j']],
}
