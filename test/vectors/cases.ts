import { readdirSync, readFileSync } from 'node:fs'
import type { EnvelopeName, MessageName } from '../../src/protocol/index.ts'
import { payloadTypes } from '../../src/protocol/index.ts'

/** One message as a person or the tool wrote it, and the bytes protoc made of it. */
export interface VectorCase {
  readonly message: MessageName
  readonly name: string
  /** Text format. */
  readonly text: string
  readonly bytes: Buffer
}

/** An envelope made by protoc around one of the cases. */
export interface EnvelopeCase {
  readonly inner: VectorCase & { readonly message: EnvelopeName }
  readonly clientMsgId: string | undefined
  readonly bytes: Buffer
}

interface VectorFile {
  readonly messages: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly envelopes: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const file = JSON.parse(
  readFileSync(new URL('vectors.json', import.meta.url), 'utf8'),
) as VectorFile

/** Every case of every message. */
export const vectorCases: readonly VectorCase[] = ['inputs', 'traces'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, import.meta.url)).flatMap((entry) => {
    const message = entry.slice(0, -'.txtpb'.length)
    const text = readFileSync(new URL(`${folder}/${entry}`, import.meta.url), 'utf8')
    return text
      .split(/^#: /m)
      .slice(1)
      .map((section) => toCase(message, section))
  }),
)

function toCase(message: string, section: string): VectorCase {
  const end = section.indexOf('\n')
  const name = section.slice(0, end)
  const hex = file.messages[message]?.[name]
  if (hex === undefined) throw new Error(`vectors.json lacks ${message} "${name}"`)
  return {
    message: message as MessageName,
    name,
    text: section.slice(end + 1),
    bytes: Buffer.from(hex, 'hex'),
  }
}

/** How many byte strings the file holds, to be sure that none is left unused. */
export const vectorCount = Object.values(file.messages).reduce(
  (sum, cases) => sum + Object.keys(cases).length,
  0,
)

/** Cases whose 64-bit integers all fit the numbers they are held in. */
export const goodCases = vectorCases.filter(({ name }) => !name.startsWith('unsafe '))

/** Cases in which one integer does not fit; the case is named after it. */
export const unsafeCases = vectorCases
  .filter(({ name }) => name.startsWith('unsafe '))
  .map((item) => ({ ...item, field: item.name.slice('unsafe '.length) }))

/** Every envelope around a case. */
export const envelopeCases: readonly EnvelopeCase[] = Object.entries(
  file.envelopes['ProtoMessage'] ?? {},
).map(([key, hex]) => {
  const inner = goodCases.find(({ message, name }) => key === `${message}: ${name}`)
  if (inner === undefined || !isEnvelopeCase(inner)) throw new Error(`There is no case "${key}"`)
  return {
    inner,
    clientMsgId: inner.name === 'required fields only' ? undefined : 'cm_id_2',
    bytes: Buffer.from(hex, 'hex'),
  }
})

function isEnvelopeCase(item: VectorCase): item is VectorCase & { message: EnvelopeName } {
  return Object.hasOwn(payloadTypes, item.message)
}
