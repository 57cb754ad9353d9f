export {
  CertificateError,
  type CertificateProblem,
  ConnectAbortedError,
  ConnectionRefusedError,
  type ConnectStage,
  ConnectTimeoutError,
  HostNotFoundError,
  HostUnreachableError,
  LinkClosedError,
  MessageTooLongError,
  TlsError,
  WebSocketRefusedError,
  WriteOverflowError,
} from './errors.ts'
export { type MemoryTransportOptions, memoryTransport } from './memory.ts'
export type { MemoryPeer } from './memory-link.ts'
export type { PipeEnd } from './memory-pipe.ts'
export { type TlsTransportOptions, tlsTransport } from './tls.ts'
export type { Endpoint, Link, LinkEnd, LinkHandlers, OpenOptions, Transport } from './transport.ts'
export { type WebSocketTransportOptions, websocketTransport } from './websocket.ts'
