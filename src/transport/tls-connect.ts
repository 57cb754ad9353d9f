import { X509Certificate } from 'node:crypto'
import { isIP, type OnReadOpts } from 'node:net'
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import { type CTraderError, InvalidArgumentError } from '../errors.ts'
import {
  ConnectAbortedError,
  type ConnectStage,
  ConnectTimeoutError,
  LinkClosedError,
} from './errors.ts'
import { explainConnectFailure } from './failures.ts'
import type { Endpoint, Link, OpenOptions } from './transport.ts'

const defaultConnectTimeoutMs = 10_000

/**
 * Checks a list of authorities to trust.
 *
 * @throws `InvalidArgumentError` when one is not a certificate in PEM text
 */
export function checkAuthorities(
  ca: string | readonly string[] | undefined,
): readonly string[] | undefined {
  if (ca === undefined) return undefined
  const list = typeof ca === 'string' ? [ca] : [...ca]
  if (list.length === 0) throw new InvalidArgumentError('The list of trusted authorities is empty.')
  for (const pem of list) {
    try {
      new X509Certificate(pem)
    } catch (cause) {
      throw new InvalidArgumentError('An authority to trust is not a certificate in PEM text.', {
        remedy:
          'Give the text of the file (it begins with -----BEGIN CERTIFICATE-----), not its path.',
        cause,
      })
    }
  }
  return list
}

/** What every link of a transport is encrypted with. Reading a list of authorities takes milliseconds: it is done once. */
export function secureContextFor(authorities: readonly string[] | undefined): SecureContext {
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(authorities && { ca: [...authorities] }),
  })
}

/** An attempt to connect that has come as far as an encrypted socket. */
export interface Secured {
  readonly socket: TLSSocket
  /** The link is up. */
  succeed(link: Link): void
  /** It will not be up; the socket is destroyed. */
  fail(error: CTraderError): void
  /** The link is not up yet, and what it waits for now is this. */
  goOn(stage: ConnectStage): void
}

export interface TlsConnectOptions {
  readonly endpoint: Endpoint
  readonly open: OpenOptions
  readonly secureContext: SecureContext
  /** Reads into one buffer over and over, instead of the socket's `data` events. */
  readonly onread?: OnReadOpts | undefined
  /** Called synchronously when the socket is encrypted: the first bytes may follow at once. */
  secured(attempt: Secured): void
}

/**
 * Connects over TCP with TLS, within the deadline that also covers what follows it until the link is up.
 *
 * The server's certificate is always verified, against the trusted authorities and against the host connected to.
 */
export function connectTls(options: TlsConnectOptions): Promise<Link> {
  const { endpoint, open, secureContext, onread, secured } = options
  const { signal, clock, timeoutMs = defaultConnectTimeoutMs } = open
  const { host, port } = endpoint
  const isName = isIP(host) === 0
  const started = clock.monotonic()
  let stage: ConnectStage = isName ? 'lookup' : 'connect'
  let settled = false

  return new Promise((resolve, reject) => {
    checkEndpoint(endpoint)
    if (signal?.aborted) throw new ConnectAbortedError(endpoint, signal.reason)
    // The type declarations of `connect` lack `onread`, which it has had since Node 14.
    const connection: ConnectionOptions & { readonly onread?: OnReadOpts } = {
      host,
      port,
      secureContext,
      // Server name indication is for names only. The certificate is checked against the host either way.
      ...(isName && { servername: host }),
      rejectUnauthorized: true,
      ...(onread && { onread }),
    }
    const socket = connect(connection)
    const goOn = (next: ConnectStage): void => {
      if (settled) return
      stage = next
      open.onStage?.(next)
    }
    const settle = (): boolean => {
      if (settled) return false
      settled = true
      timer.cancel()
      signal?.removeEventListener('abort', onAbort)
      return true
    }
    const fail = (error: CTraderError): void => {
      if (!settle()) return
      socket.destroy()
      reject(error)
    }
    const onAbort = (): void => fail(new ConnectAbortedError(endpoint, signal?.reason))
    const timer = clock.after(timeoutMs, () =>
      fail(new ConnectTimeoutError(endpoint, timeoutMs, stage)),
    )
    signal?.addEventListener('abort', onAbort, { once: true })

    socket.setNoDelay(true)
    // Told of failures as well, and of each address that a name has.
    socket.on('lookup', (error: Error | null) => {
      if (error === null && stage === 'lookup') goOn('connect')
    })
    socket.once('connect', () => goOn('encrypt'))
    // Once the link is up these two change nothing.
    socket.on('error', (error) => {
      fail(explainConnectFailure(endpoint, error, stage, clock.monotonic() - started))
    })
    socket.on('close', () => fail(new LinkClosedError(endpoint, 'was closed before it was up')))
    socket.on('secureConnect', () => {
      if (settled) return
      secured({
        socket,
        succeed(link) {
          if (settle()) resolve(link)
          else link.destroy()
        },
        fail,
        goOn,
      })
    })
  })
}

function checkEndpoint({ host, port }: Endpoint): void {
  if (typeof host !== 'string' || host === '') {
    throw new InvalidArgumentError('An endpoint needs a host.', {
      remedy: 'Give a host name or an IP address.',
    })
  }
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new InvalidArgumentError(`${port} is not a port.`, {
      facts: { port },
      remedy: 'Give 1 to 65535.',
    })
  }
}
