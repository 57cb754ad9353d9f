// test/vectors/{inputs,traces} -> test/vectors/vectors.json, through Debian's protoc: nothing of this package's codec is
// involved. With --check: fails when the checked-in file differs.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadModel } from '../generate/load.mjs'
import { readCases } from './sections.mjs'

const folder = new URL('../../test/vectors/', import.meta.url)
const target = new URL('vectors.json', folder)
const protoFolder = fileURLToPath(new URL('../../proto/', import.meta.url))
const model = loadModel()

const cases = [...readCases(new URL('inputs/', folder)), ...readCases(new URL('traces/', folder))]
const payloads = encodeAll(cases)
const envelopeCases = cases.flatMap((item, index) => envelopesOf(item, payloads[index]))
const envelopes = encodeAll(envelopeCases)
const text = `${JSON.stringify({ messages: collect(cases, payloads), envelopes: collect(envelopeCases, envelopes) }, undefined, 2)}\n`

if (!process.argv.includes('--check')) {
  writeFileSync(target, text)
  console.log(`${cases.length} messages, ${envelopeCases.length} envelopes`)
} else if (readFileSync(target, 'utf8') !== text) {
  console.error(
    'test/vectors/vectors.json is not what protoc makes of the inputs; run tools/vectors/make.mjs',
  )
  process.exitCode = 1
}

/** An envelope around each message that travels in one: around one bare and one full case, and around every trace. */
function envelopesOf({ message, name }, payload) {
  const number = model.messages.find((item) => item.name === message)?.payloadType
  if (number === undefined || !/^(required fields only|all fields|trace .*)$/.test(name)) return []
  const bytes = [...payload].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
  const id = name === 'required fields only' ? '' : 'clientMsgId: "cm_id_2"\n'
  return [
    {
      message: 'ProtoMessage',
      name: `${message}: ${name}`,
      text: `payloadType: ${number}\npayload: "${bytes}"\n${id}`,
    },
  ]
}

/**
 * The bytes protoc makes of each case. All of them go through one run, as items of one bundle message: a sub-message has
 * the same bytes as the message alone.
 */
function encodeAll(items) {
  const names = [...new Set(items.map((item) => item.message))]
  const fields = names
    .map((name, index) => `  repeated ${name} m${index + 1} = ${index + 1};\n`)
    .join('')
  const input = items
    .map((item) => `m${names.indexOf(item.message) + 1} {\n${item.text}}\n`)
    .join('')
  const bundle = splitBundle(runProtoc(`message Bundle {\n${fields}}\n`, input))
  return items.map((item) => {
    const bytes = bundle.get(names.indexOf(item.message) + 1)?.shift()
    if (bytes === undefined) throw new Error(`protoc left ${item.message} "${item.name}" out`)
    return bytes
  })
}

function runProtoc(bundle, input) {
  const scratch = mkdtempSync(join(tmpdir(), 'vectors-'))
  try {
    const file = join(scratch, 'bundle.proto')
    writeFileSync(
      file,
      `syntax = "proto2";\nimport "common.proto";\nimport "model.proto";\nimport "messages.proto";\n${bundle}`,
    )
    const flags = [`-I${protoFolder}`, `-I${scratch}`, '--encode=Bundle', file]
    return execFileSync('protoc', flags, { input, maxBuffer: 1 << 28, stdio: 'pipe' })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** The items of the bundle by their field number, in the order of the input. */
function splitBundle(bytes) {
  const items = new Map()
  let at = 0
  const varint = () => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const number = varint() >>> 3
    const length = varint()
    if (!items.has(number)) items.set(number, [])
    items.get(number).push(bytes.subarray(at, at + length))
    at += length
  }
  return items
}

/** Message to case to hexadecimal bytes. */
function collect(items, encoded) {
  const result = {}
  for (const [index, { message, name }] of items.entries()) {
    result[message] ??= {}
    if (name in result[message]) throw new Error(`${message} has two cases called "${name}"`)
    result[message][name] = encoded[index].toString('hex')
  }
  return result
}
