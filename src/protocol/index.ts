/**
 * The protocol itself: messages, codec, framing, the JSON form and the catalogue of requests. Pure functions; no I/O.
 *
 * @packageDocumentation
 */

export { defaultFrameLimit } from './carry.ts'
export {
  type AnswerKind,
  type CatalogRow,
  catalog,
  type RateBudget,
  type RequestMessage,
  type RequestName,
  type RequestScope,
  type RequestUrgency,
  type ResponseMessage,
  urgencies,
} from './catalog.ts'
export { decodeMessage, encodeMessage, withDefaults } from './codec.ts'
export {
  type EnvelopeName,
  type EnvelopeSink,
  encodeEnvelope,
  encodeFrame,
  messageNameOf,
  readEnvelope,
} from './envelope.ts'
export {
  describeErrorCode,
  type RetryAdvice,
  type ServerErrorCode,
  type ServerErrorName,
  serverErrorCodes,
} from './error-codes.ts'
export {
  DecodeError,
  EncodeError,
  FrameCutError,
  FrameTooLongError,
  JsonFormatError,
  MissingFieldsError,
  UnsafeIntegerError,
} from './errors.ts'
export { enumValues, type Field, fieldsOf, isMessageName, type MessageName } from './fields.ts'
export { FrameSplitter, type FrameSplitterOptions } from './frame.ts'
export * from './generated/enums.ts'
export * from './generated/messages.ts'
export { encodeJsonEnvelope, messageFromJson, messageToJson, readJsonEnvelope } from './json.ts'
export { JsonSplitter, type JsonSplitterOptions } from './json-splitter.ts'
export { type JsonValue, parseJson, stringifyJson } from './json-text.ts'
export {
  formatWireRecord,
  parseWireRecord,
  type RecordedMessage,
  recordMessage,
  secretMark,
  secretsIn,
  type WireRecord,
} from './recording.ts'
