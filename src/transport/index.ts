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
export { type TlsTransportOptions, tlsTransport } from './tls.ts'
export type { Endpoint, Link, LinkEnd, LinkHandlers, OpenOptions, Transport } from './transport.ts'
