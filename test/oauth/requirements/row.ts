import type { TestName } from '../../named-tests.ts'

/** Requirement by id, such as `RF-6`, to the tests that hold the code to it. */
export type RequirementRows = Readonly<Record<string, readonly TestName[]>>
