import { CTraderError } from '../errors.ts'

/** Bytes or JSON that do not hold the message they should. Names the message and, where one is to blame, the field. */
export class DecodeError extends CTraderError {
  /** The message that was being read. */
  readonly messageName: string
  /** The field that is wrong, as a path such as `position.tradeData.volume`; empty for the message as a whole. */
  readonly field: string

  constructor(messageName: string, field: string, problem: string, code = 'MALFORMED_MESSAGE') {
    const where = field === '' ? messageName : `${messageName}.${field}`
    super(code, `${where}: ${problem}.`, {
      facts: { message: messageName, field },
      remedy:
        'The sender and this side disagree about the protocol; nothing of the message was used.',
    })
    this.messageName = messageName
    this.field = field
  }
}

/** Required fields are absent. */
export class MissingFieldsError extends DecodeError {
  /** The paths of all of them, at the first level at which any is absent. */
  readonly missing: readonly string[]

  constructor(messageName: string, missing: readonly string[]) {
    const [first = ''] = missing
    const problem =
      missing.length === 1
        ? 'a required field is missing'
        : `required fields are missing: ${missing.join(', ')}`
    super(messageName, first, problem)
    this.missing = missing
  }
}

/** A 64-bit integer that a JavaScript number cannot hold exactly, in a field declared as a number. Never rounded. */
export class UnsafeIntegerError extends DecodeError {
  /** The exact value. */
  readonly value: bigint

  constructor(messageName: string, field: string, value: bigint) {
    super(messageName, field, `${value} is beyond 2^53-1 and would be rounded`, 'UNSAFE_INTEGER')
    this.value = value
  }
}

/** A message that cannot be put on the wire: a required field is missing, or a value does not fit its type. */
export class EncodeError extends CTraderError {
  readonly messageName: string
  readonly field: string

  constructor(messageName: string, field: string, problem: string) {
    const where = field === '' ? messageName : `${messageName}.${field}`
    super('INVALID_MESSAGE', `${where}: ${problem}.`, {
      facts: { message: messageName, field },
      remedy: 'Correct the value; nothing was sent.',
    })
    this.messageName = messageName
    this.field = field
  }
}

/** A frame announced more bytes than the limit allows. None of them were kept. */
export class FrameTooLongError extends CTraderError {
  constructor(length: number, limit: number) {
    super('FRAME_TOO_LONG', `A frame of ${length} bytes was announced; the limit is ${limit}.`, {
      facts: { length, limit },
      remedy:
        'Check that the peer speaks length-prefixed protobuf on this port (JSON has its own), or raise the frame limit.',
    })
  }
}

/** The stream ended in the middle of a frame, or of a JSON object. */
export class FrameCutError extends CTraderError {
  constructor(received: number, expected: number | undefined, of: 'frame' | 'object' = 'frame') {
    super(
      'FRAME_CUT',
      of === 'object'
        ? `The stream ended after ${received} bytes of a JSON object.`
        : expected === undefined
          ? `The stream ended after ${received} of the 4 bytes of a frame's length.`
          : `The stream ended after ${received} of ${expected} bytes of a frame.`,
      {
        facts: { received, expected },
        remedy: 'The connection was lost in the middle of a message.',
      },
    )
  }
}

/** Text that is not JSON, or JSON that is not a message envelope. */
export class JsonFormatError extends CTraderError {
  /** @param position counted from 0 in the whole text; line and column, counted from 1, say the same */
  constructor(
    problem: string,
    position?: number,
    place: { readonly line?: number; readonly column?: number } = position === undefined
      ? {}
      : { line: 1, column: position + 1 },
  ) {
    super(
      'MALFORMED_JSON',
      position === undefined ? `${problem}.` : `${problem} at character ${position}.`,
      {
        facts: { position, line: place.line, column: place.column },
        remedy: 'Send one JSON object with payloadType, and optionally payload and clientMsgId.',
      },
    )
  }
}
