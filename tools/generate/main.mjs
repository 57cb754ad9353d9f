// proto/*.proto + proto/int64.tsv -> src/protocol/generated. With --check: fails when the checked-in files differ.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { emitCodec } from './emit-codec.mjs'
import { emitDescriptors } from './emit-descriptors.mjs'
import { emitEnums, emitMessages } from './emit-types.mjs'
import { loadModel } from './load.mjs'

const target = new URL('../../src/protocol/generated/', import.meta.url)
const check = process.argv.includes('--check')
const model = loadModel()
const files = {
  'enums.ts': emitEnums(model),
  'messages.ts': emitMessages(model),
  'codec.ts': emitCodec(model),
  'descriptors.ts': emitDescriptors(model),
}

mkdirSync(target, { recursive: true })
let stale = 0
for (const [name, text] of Object.entries(files)) {
  const file = new URL(name, target)
  if (!check) writeFileSync(file, text)
  else if (readOrEmpty(file) !== text) {
    stale++
    console.error(
      `src/protocol/generated/${name} is not what the schema gives; run \`npm run generate\``,
    )
  }
}
if (stale > 0) process.exitCode = 1
else
  console.log(
    `${model.messages.length} messages, ${model.enums.length} enums${check ? ', up to date' : ''}`,
  )

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
