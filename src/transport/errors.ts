import { CTraderError } from '../errors.ts'
import type { Endpoint } from './transport.ts'

/** How far an attempt to connect had come: looking up the name, connecting, setting up encryption, or WebSocket. */
export type ConnectStage = 'lookup' | 'connect' | 'encrypt' | 'upgrade'

/** The other side, as text: brackets around an IPv6 address. */
export function formatEndpoint(endpoint: Endpoint): string {
  return endpoint.host.includes(':')
    ? `[${endpoint.host}]:${endpoint.port}`
    : `${endpoint.host}:${endpoint.port}`
}

/** The host name leads to no address. */
export class HostNotFoundError extends CTraderError {
  constructor(endpoint: Endpoint, cause?: unknown) {
    super('HOST_NOT_FOUND', `The name ${endpoint.host} was not found.`, {
      facts: { host: endpoint.host, port: endpoint.port },
      remedy:
        'Check the spelling of the host, and that this machine can look up names (network, DNS).',
      cause,
    })
  }
}

/** The host is there, but nobody listens on the port. */
export class ConnectionRefusedError extends CTraderError {
  constructor(endpoint: Endpoint, cause?: unknown) {
    super('CONNECTION_REFUSED', `Nobody listens on ${formatEndpoint(endpoint)}.`, {
      facts: { host: endpoint.host, port: endpoint.port },
      remedy: 'Check the port, and that the server runs.',
      cause,
    })
  }
}

/** There is no way to the host from here. */
export class HostUnreachableError extends CTraderError {
  constructor(endpoint: Endpoint, cause?: unknown) {
    super('HOST_UNREACHABLE', `${formatEndpoint(endpoint)} cannot be reached from this machine.`, {
      facts: { host: endpoint.host, port: endpoint.port },
      remedy: 'Check the network connection, and firewalls on the way.',
      cause,
    })
  }
}

const stageTexts: Readonly<Record<ConnectStage, string>> = {
  lookup: 'the name was still being looked up',
  connect: 'the host had not answered',
  encrypt: 'the host had answered, but encryption was not set up',
  upgrade: 'encryption was set up, but the host had not agreed to speak WebSocket',
}

const stageRemedies: Readonly<Record<ConnectStage, string>> = {
  lookup: 'Check the network, firewalls on the way, and the host and port.',
  connect: 'Check the network, firewalls on the way, and the host and port.',
  encrypt: 'Check that the port speaks TLS and that the server is not overloaded.',
  upgrade: 'Check that the port speaks WebSocket and that the server is not overloaded.',
}

/** The link was not up in time. */
export class ConnectTimeoutError extends CTraderError {
  /** How far it had come. */
  readonly stage: ConnectStage

  constructor(endpoint: Endpoint, timeoutMs: number, stage: ConnectStage, cause?: unknown) {
    super(
      'CONNECT_TIMEOUT',
      `No link to ${formatEndpoint(endpoint)} after ${timeoutMs} ms: ${stageTexts[stage]}.`,
      {
        facts: { host: endpoint.host, port: endpoint.port, timeoutMs, stage },
        remedy: stageRemedies[stage],
        cause,
      },
    )
    this.stage = stage
  }
}

/** The caller gave up before the link was up. `cause` is the reason of its signal. */
export class ConnectAbortedError extends CTraderError {
  constructor(endpoint: Endpoint, cause?: unknown) {
    super('CONNECT_ABORTED', `Connecting to ${formatEndpoint(endpoint)} was given up on request.`, {
      facts: { host: endpoint.host, port: endpoint.port },
      cause,
    })
  }
}

/** What is wrong with a server's certificate. */
export type CertificateProblem =
  | 'untrusted'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-host'
  | 'invalid'

const certificateRemedies: Readonly<Record<CertificateProblem, string>> = {
  untrusted:
    'If the server is yours (a sandbox, a proxy), give the certificate of its authority in the `ca` option; ' +
    'otherwise somebody stands between you and the server.',
  expired: "The server's owner has to renew it; also check this machine's date.",
  'not-yet-valid': "Check this machine's date; otherwise the server's owner has to replace it.",
  'wrong-host': 'Connect by a name the certificate is made for, or have one made for this name.',
  invalid: "The server's owner has to replace it.",
}

/** The server's certificate was not accepted. Nothing was sent. */
export class CertificateError extends CTraderError {
  readonly problem: CertificateProblem

  constructor(endpoint: Endpoint, problem: CertificateProblem, detail: string, cause?: unknown) {
    super(
      'CERTIFICATE_REJECTED',
      `The certificate of ${formatEndpoint(endpoint)} was not accepted: ${detail}.`,
      {
        facts: { host: endpoint.host, port: endpoint.port, problem },
        remedy: certificateRemedies[problem],
        cause,
      },
    )
    this.problem = problem
  }
}

/** The other side does not speak TLS, or not in a way that is safe enough. */
export class TlsError extends CTraderError {
  constructor(endpoint: Endpoint, detail: string, cause?: unknown) {
    super('TLS_FAILED', `Encryption with ${formatEndpoint(endpoint)} failed: ${detail}.`, {
      facts: { host: endpoint.host, port: endpoint.port },
      remedy: 'Check that the port is one that speaks TLS 1.2 or later.',
      cause,
    })
  }
}

/** The other side was asked to speak WebSocket and did not agree. */
export class WebSocketRefusedError extends CTraderError {
  constructor(endpoint: Endpoint, detail: string, cause?: unknown) {
    super(
      'WEBSOCKET_REFUSED',
      `${formatEndpoint(endpoint)} was asked to speak WebSocket and ${detail}.`,
      {
        facts: { host: endpoint.host, port: endpoint.port },
        remedy: 'Check that the port speaks WebSocket, and that no proxy answers in its place.',
        cause,
      },
    )
  }
}

/** The other side began a message longer than this side accepts. Nothing of it was kept. */
export class MessageTooLongError extends CTraderError {
  constructor(endpoint: Endpoint, limit: number, cause?: unknown) {
    super(
      'FRAME_TOO_LONG',
      `${formatEndpoint(endpoint)} sent a message of more than ${limit} bytes.`,
      {
        facts: { host: endpoint.host, port: endpoint.port, limit },
        remedy: 'Check what listens on the port, or raise the limit.',
        cause,
      },
    )
  }
}

/** The link is over: closed by the other side, lost, or used after its end. */
export class LinkClosedError extends CTraderError {
  constructor(endpoint: Endpoint, detail: string, cause?: unknown) {
    super('LINK_CLOSED', `The link to ${formatEndpoint(endpoint)} ${detail}.`, {
      facts: { host: endpoint.host, port: endpoint.port },
      remedy: 'Connect again.',
      cause,
    })
  }
}

/** More bytes wait to be sent than the link is willing to hold. */
export class WriteOverflowError extends CTraderError {
  constructor(endpoint: Endpoint, waiting: number, limit: number) {
    super(
      'WRITE_OVERFLOW',
      `${waiting} bytes wait to be sent to ${formatEndpoint(endpoint)}; the limit is ${limit}.`,
      {
        facts: { host: endpoint.host, port: endpoint.port, waiting, limit },
        remedy: 'Await drained() before sending more.',
      },
    )
  }
}
