import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { LineInput } from './line-input.ts'

const never = new AbortController().signal

function input(isTTY = false) {
  const stdin = new PassThrough() as PassThrough & { isTTY: boolean; modes: boolean[] }
  const modes: boolean[] = []
  Object.assign(stdin, { isTTY, setRawMode: (mode: boolean) => modes.push(mode) })
  const stderr = new PassThrough()
  let interrupts = 0
  const lines = new LineInput({
    stdin: stdin as unknown as NodeJS.ReadStream,
    write: (text) => stderr.write(text),
    interrupt: () => interrupts++,
  })
  return { stdin, stderr, modes, lines, interrupts: () => interrupts }
}

describe('lines of a pipe', () => {
  test('come one at a time, the last one also without its end', async () => {
    const { stdin, lines } = input()
    stdin.write('one\r\nt')
    stdin.write('wo\n\nlast')
    expect(await lines.read(never)).toBe('one')
    expect(await lines.readHidden(never)).toBe('two')
    expect(await lines.read(never)).toBe('')
    stdin.end()
    expect(await lines.read(never)).toBe('last')
    expect(await lines.read(never)).toBeUndefined()
  })

  test('nobody listens in between, so that the process can end', async () => {
    const { stdin, lines } = input()
    stdin.write('one\n')
    await lines.read(never)
    expect(stdin.listenerCount('data')).toBe(0)
    expect(stdin.isPaused()).toBe(true)
  })

  test('the wait ends with the signal', async () => {
    const { stdin, lines } = input()
    const controller = new AbortController()
    const waiting = lines.read(controller.signal)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(stdin.listenerCount('data')).toBe(0)
  })
})

describe('a hidden line of a terminal', () => {
  test('is read in raw mode, which is left in any case', async () => {
    const { stdin, stderr, modes, lines } = input(true)
    stdin.write('secret\r')
    expect(await lines.readHidden(never)).toBe('secret')
    expect(modes).toEqual([true, false])
    expect(String(stderr.read())).not.toContain('secret')

    const controller = new AbortController()
    const waiting = lines.readHidden(controller.signal)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(modes).toEqual([true, false, true, false])
  })

  test('Ctrl-C is handed on', async () => {
    const { stdin, lines, interrupts } = input(true)
    const controller = new AbortController()
    const waiting = lines.readHidden(controller.signal)
    stdin.write('\u0003')
    await expect.poll(interrupts).toBe(1)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })

  test('Ctrl-D is the end of the input', async () => {
    const { stdin, lines } = input(true)
    stdin.write('\u0004')
    expect(await lines.readHidden(never)).toBeUndefined()
  })
})
