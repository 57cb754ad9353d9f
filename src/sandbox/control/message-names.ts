import { similarNames } from '../../known-options.ts'
import {
  catalog,
  type EnvelopeName,
  messageNameOf,
  payloadTypes,
  type RequestName,
} from '../../protocol/index.ts'
import { ControlArgumentError } from './errors.ts'

const requestNames = Object.keys(catalog) as readonly RequestName[]
const requestsBySend: ReadonlyMap<string, RequestName> = new Map(
  requestNames.map((name) => [catalog[name].send, name]),
)

/** The request of the catalogue that a message is; undefined for one that is none. */
export function requestOf(name: EnvelopeName | undefined): RequestName | undefined {
  return name === undefined ? undefined : requestsBySend.get(name)
}

/**
 * A message by any of its names: that of its request (`newOrder`), its own (`ProtoOANewOrderReq`), or its payload type
 * (2106, also as text).
 *
 * @throws ControlArgumentError that names what comes near
 */
export function findMessage(given: string | number): EnvelopeName {
  const text = String(given)
  if (Object.hasOwn(catalog, text)) return catalog[text as RequestName].send
  if (Object.hasOwn(payloadTypes, text)) return text as EnvelopeName
  const byNumber = /^\d+$/.test(text) ? messageNameOf(Number(text)) : undefined
  if (byNumber !== undefined) return byNumber
  const near = nearest(text)
  throw new ControlArgumentError(`There is no message ${JSON.stringify(given)}.`, {
    facts: { given: text },
    remedy: `Give the name of a request (newOrder), of a message (ProtoOANewOrderReq) or a payload type (2106)${near.length === 0 ? '.' : `; do you mean ${near.join(' or ')}?`}`,
  })
}

function nearest(text: string): readonly string[] {
  const plain = (name: string): string =>
    name
      .toLowerCase()
      .replace(/^proto(oa)?/, '')
      .replace(/(req|res|event)$/, '')
  const wanted = plain(text)
  if (wanted.length < 3) return []
  const names = [...requestNames, ...Object.keys(payloadTypes)]
  const alike = names
    .filter((name) => plain(name).includes(wanted) || wanted.includes(plain(name)))
    .slice(0, 3)
  // A slip of the finger neither holds the name nor is held by it.
  return alike.length > 0 ? alike : similarNames(names, text)
}
