import { Refusal } from '../refusal.ts'

/** Handles a request that the sandbox does not carry out yet by saying so. Silence would look like a lost message. */
export function unsupported(what: string): () => Refusal {
  return () => new Refusal('UNSUPPORTED_MESSAGE', `The sandbox does not do this yet: ${what}.`)
}
