import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { patience } from '../patience.ts'
import { start } from './run.ts'

test('quotes --follow outlives a restart of the server, and says so beside the data', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ctrader-restart-'))
  const caDir = join(folder, 'ca')
  const file = join(folder, 'sandbox.json')
  let sandbox: Sandbox = await createSandbox({ seed: 5, caDir })
  const { demo, live } = sandbox.line()
  writeFileSync(file, JSON.stringify(sandbox.line()))
  const child = start(['quotes', 'EURUSD', '--follow', '--json'], {
    env: { CTRADER_SANDBOX: file },
  })
  const out: string[] = []
  let notes = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => out.push(text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    notes += text
  })
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
  try {
    await vi.waitFor(() => expect(out.join('')).toContain('\n'), patience)
    await sandbox.close()
    await vi.waitFor(() => expect(notes).toContain('was lost'), patience)
    sandbox = await createSandbox({
      ...{ seed: 5, caDir },
      ...{ demoPort: demo.protobufPort, demoJsonPort: demo.jsonPort },
      ...{ livePort: live.protobufPort, liveJsonPort: live.jsonPort },
    })
    await vi.waitFor(() => expect(notes).toContain('Connected again'), patience)
    const before = out.length
    await vi.waitFor(() => expect(out.length).toBeGreaterThan(before), patience)
    child.kill('SIGINT')
    expect(await exited).toBe(130)
    const lines = out.join('').trim().split('\n')
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ symbol: 'EURUSD' })
  } finally {
    child.kill('SIGKILL')
    await sandbox.close()
    rmSync(folder, { recursive: true, force: true })
  }
}, 90_000)
