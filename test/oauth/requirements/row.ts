/** A test that holds the code to a requirement: its file, and its title as it stands there. */
export type TestName = readonly [file: string, title: string]

/** Requirement by id, such as `RF-6`, to the tests that hold the code to it. */
export type RequirementRows = Readonly<Record<string, readonly TestName[]>>
