import {
  catalog,
  type RequestMessage,
  type RequestName,
  type ResponseMessage,
} from '../../protocol/index.ts'
import type { CallOptions } from './exchange.ts'

/**
 * Every request of the catalogue as a function that sends it and resolves with its answer.
 *
 * A trading request has no response of its own: it resolves with the first execution event that answers it, and rejects
 * with `OrderRejectedError` when that says no.
 */
export type Calls = {
  readonly [K in RequestName]: (
    payload: RequestMessage<K>,
    options?: CallOptions,
  ) => Promise<ResponseMessage<K>>
}

type Send = <K extends RequestName>(
  request: K,
  payload: RequestMessage<K>,
  options: CallOptions,
) => Promise<ResponseMessage<K>>

/** Makes the typed calls from the catalogue. */
export function makeCalls(send: Send): Calls {
  const calls: Record<string, unknown> = {}
  // A plain program may leave out the payload of a request that has no fields.
  for (const name of Object.keys(catalog) as RequestName[]) {
    calls[name] = (payload: RequestMessage<typeof name> = {}, options: CallOptions = {}) =>
      send(name, payload, options)
  }
  return Object.freeze(calls) as Calls
}
