import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient } from '../../src/index.ts'
import {
  clientOptionsFromFile,
  createSandbox,
  type Sandbox,
  SandboxFileError,
} from '../../src/sandbox/index.ts'

let sandbox: Sandbox
const folder = mkdtempSync(join(tmpdir(), 'ctrader-file-'))
const file = join(folder, 'sandbox.json')

beforeAll(async () => {
  sandbox = await createSandbox({ seed: 7 })
})

afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true })
})

test('a client works with what a file says of a sandbox', async () => {
  writeFileSync(file, JSON.stringify(sandbox.line()))
  const options = await clientOptionsFromFile(file)
  expect(options).toEqual(sandbox.clientOptions())
  const client = await createClient(options)
  expect(client.accounts).toHaveLength(sandbox.accounts.length)
  await client.close()
})

test.each<[string, () => string, RegExp]>([
  ['no JSON', () => 'secret-canary', /sandbox\.json does not hold a sandbox's line/],
  ['a list', () => '[]', /does not hold/],
  [
    'a line in part',
    () => JSON.stringify({ ...sandbox.line(), accessToken: '', demo: { protobufPort: 0 } }),
    /lacks accessToken, demo\.protobufPort, demo\.jsonPort of/,
  ],
  [
    'a certificate that is gone',
    () => JSON.stringify({ ...sandbox.line(), caFile: join(folder, 'gone.pem') }),
    /gone\.pem with the sandbox's certificate cannot be read \(ENOENT\)/,
  ],
])('%s is named, and its content is not', async (_name, text, message) => {
  writeFileSync(file, text())
  const error = await clientOptionsFromFile(file).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(SandboxFileError)
  expect(String(error)).toMatch(message)
  expect(String(error)).not.toContain('canary')
  expect(String(error)).not.toContain(sandbox.clientSecret)
})

test('a file that is not there says how one comes about', async () => {
  await expect(clientOptionsFromFile(join(folder, 'none.json'))).rejects.toThrow(
    /cannot be read \(ENOENT\)\. Start a sandbox with `ctrader sandbox --file FILE`/,
  )
})
