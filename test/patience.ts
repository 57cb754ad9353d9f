/**
 * How long what must come is waited for, with `vi.waitFor`: its own second is over before a busy machine gets to it. Only a
 * test that fails waits so long. `expect.poll` is as patient by the configuration.
 */
export const patience = { timeout: 30_000, interval: 20 } as const
