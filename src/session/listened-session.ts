import type { Logger } from '../log.ts'
import type { EnvelopeName } from '../protocol/index.ts'
import {
  Dispatcher,
  type MalformedListener,
  type MessageListener,
  type UnknownListener,
} from './requests/dispatcher.ts'
import type { Session } from './session.ts'
import { Ending } from './status/ending.ts'
import { Listeners } from './status/listeners.ts'
import type { SessionEnd } from './status/state.ts'

/** What a session tells others of: messages, the coming and going of accounts, its end. */
export class Announcements {
  /** The messages that arrive. */
  readonly messages: Dispatcher
  readonly ending: Ending
  readonly lost: Listeners<number>
  readonly restored: Listeners<number>

  constructor(logger: Logger, messages: Dispatcher = new Dispatcher(logger)) {
    this.messages = messages
    this.ending = new Ending(logger)
    this.lost = new Listeners(logger, 'lost accounts')
    this.restored = new Listeners(logger, 'restored accounts')
  }
}

type Heard =
  | 'closed'
  | 'on'
  | 'onUnknown'
  | 'onMalformed'
  | 'onLost'
  | 'onRestored'
  | 'onEnd'
  | 'close'
  | typeof Symbol.asyncDispose

/** The side of a session that others listen to. It is the same whether the session has one link or many. */
export abstract class ListenedSession implements Pick<Session, Heard> {
  readonly #said: Announcements

  constructor(said: Announcements) {
    this.#said = said
  }

  get closed(): Promise<SessionEnd> {
    return this.#said.ending.over
  }

  on<K extends EnvelopeName>(name: K, listener: MessageListener<K>): () => void {
    return this.#said.messages.on(name, listener)
  }

  onUnknown(listener: UnknownListener): () => void {
    return this.#said.messages.onUnknown(listener)
  }

  onMalformed(listener: MalformedListener): () => void {
    return this.#said.messages.onMalformed(listener)
  }

  onLost(listener: (accountId: number) => void): () => void {
    return this.#said.lost.add(listener)
  }

  onRestored(listener: (accountId: number) => void): () => void {
    return this.#said.restored.add(listener)
  }

  onEnd(listener: (end: SessionEnd) => void): () => void {
    return this.#said.ending.listen(listener)
  }

  abstract close(): Promise<void>

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
