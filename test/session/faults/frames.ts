import { type Received, readMessage } from '../../peer/wire.ts'

/** Finds the messages in a run of bytes, whatever the pieces it comes in. */
export class Frames {
  #unread: Buffer = Buffer.alloc(0)

  push(bytes: Uint8Array): Received[] {
    this.#unread = Buffer.concat([this.#unread, bytes])
    const messages: Received[] = []
    while (this.#unread.length >= 4) {
      const end = 4 + this.#unread.readUInt32BE(0)
      if (this.#unread.length < end) break
      messages.push(readMessage(this.#unread.subarray(4, end)))
      this.#unread = this.#unread.subarray(end)
    }
    return messages
  }
}
