// Decoding one envelope with a spot event inside, against protobufjs 8 (static module) and protobuf-es.
// Each candidate gets the same bytes and makes its own form of the message.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { readEnvelope } from 'ctrader-open-api/protocol'
import protobuf from 'protobufjs'
import 'protobufjs/ext/descriptor.js'
import { interleave, median, printReport, ratio, report, timePerCall } from './measure.mjs'
import { spotFrames } from './spot-frames.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const protoFiles = ['common', 'model', 'messages'].map((name) => `${root}proto/${name}.proto`)
const count = 1024
const frames = spotFrames(count)
let seen = 0

const sink = {
  message(_type, message) {
    if (message.bid !== undefined) seen++
  },
  unknown() {},
  malformed(error) {
    throw error
  },
}

let next = 0
function own() {
  const frame = frames[next++ & (count - 1)]
  readEnvelope(frame, 4, frame.length, sink)
}

const staticModule = await loadStaticModule()
function protobufjsStatic() {
  const frame = frames[next++ & (count - 1)]
  const envelope = staticModule.ProtoMessage.decode(frame.subarray(4))
  const message = staticModule.ProtoOASpotEvent.decode(envelope.payload)
  if (Object.hasOwn(message, 'bid')) seen++
}

const registry = loadRegistry()
const envelopeSchema = registry.getMessage('ProtoMessage')
const spotSchema = registry.getMessage('ProtoOASpotEvent')
function protobufEs() {
  const frame = frames[next++ & (count - 1)]
  const envelope = fromBinary(envelopeSchema, frame.subarray(4))
  const message = fromBinary(spotSchema, envelope.payload)
  if (message.bid !== undefined) seen++
}

function touchEveryByte() {
  const frame = frames[next++ & (count - 1)]
  let sum = 0
  for (let i = 0; i < frame.length; i++) sum += frame[i]
  seen += sum & 1
}

const batch = (call, calls) => () => timePerCall(call, calls)
const candidates = {
  own: batch(own, 300_000),
  protobufjsStatic: batch(protobufjsStatic, 60_000),
  protobufEs: batch(protobufEs, 20_000),
  touchEveryByte: batch(touchEveryByte, 300_000),
}
await interleave(candidates, 2)
const results = await interleave(candidates, 11)

report('protobufjs 8 static / own', ratio(results.protobufjsStatic, results.own), {
  atLeast: 5,
  unit: 'x',
})
report('protobuf-es 2 / own', ratio(results.protobufEs, results.own), { atLeast: 15, unit: 'x' })
report('own / touching every byte', ratio(results.own, results.touchEveryByte), { unit: 'x' })
report('own, median', median(results.own), { unit: ' ns' })
report('heap for each event', heapPerEvent(), { atMost: 200, unit: ' B' })
const codec = gzipSync(readFileSync(`${root}.cache/bench/codec.js`), { level: 9 }).length
report('all encoders and decoders, gzip', codec / 1000, { atMost: 25, unit: ' kB' })
printReport('Decode: envelope and spot event')
if (seen === 0) throw new Error('nothing was decoded')

function heapPerEvent() {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  const kept = new Array(20_000)
  const keep = {
    ...sink,
    message(_type, message) {
      kept[next % kept.length] = message
    },
  }
  const run = () => {
    for (let i = 0; i < kept.length; i++) {
      const frame = frames[next++ & (count - 1)]
      readEnvelope(frame, 4, frame.length, keep)
    }
  }
  run()
  kept.fill(undefined)
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  run()
  return (process.memoryUsage().heapUsed - before) / kept.length
}

async function loadStaticModule() {
  const folder = mkdtempSync(join(tmpdir(), 'ctrader-bench-'))
  try {
    const file = join(folder, 'static.cjs')
    const pbjs = createRequire(import.meta.url).resolve('protobufjs-cli/bin/pbjs')
    execFileSync(process.execPath, [
      pbjs,
      '-t',
      'static-module',
      '-w',
      'commonjs',
      '--keep-case',
      '-o',
      file,
      ...protoFiles,
    ])
    const runtime = JSON.stringify(createRequire(import.meta.url).resolve('protobufjs/minimal.js'))
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(
        /require\("protobufjs\/minimal(\.js)?"\)/,
        `require(${runtime})`,
      ),
    )
    return (await import(pathToFileURL(file).href)).default
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function loadRegistry() {
  const schema = new protobuf.Root()
  for (const file of protoFiles) schema.loadSync(file, { keepCase: true })
  schema.resolveAll()
  const set = schema.toDescriptor('proto2')
  const bytes = set.constructor.encode(set).finish()
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes))
}
