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
  TlsError,
  WriteOverflowError,
} from './errors.ts'
export { type MemoryTransportOptions, memoryTransport } from './memory.ts'
export type { MemoryPeer } from './memory-link.ts'
export type { PipeEnd } from './memory-pipe.ts'
export { type TlsTransportOptions, tlsTransport } from './tls.ts'
export type { Endpoint, Link, LinkEnd, LinkHandlers, OpenOptions, Transport } from './transport.ts'
