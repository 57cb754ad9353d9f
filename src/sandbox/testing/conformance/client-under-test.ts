/** Where a client under test connects to, and as whom. */
export interface ConnectionDetails {
  readonly host: string
  /** Protobuf over TLS. */
  readonly port: number
  /** JSON over WebSocket, for clients that speak it. */
  readonly jsonPort: number
  /** The certificate to trust, PEM; no other. */
  readonly ca: string
  readonly clientId: string
  readonly clientSecret: string
  readonly accessToken: string
  /** `ctidTraderAccountId`. */
  readonly accountId: number
}

/** What a client says became of an order. */
export type OrderOutcome = 'filled' | 'rejected' | 'unknown'

/**
 * A client, as the conformance suite drives it. Write one around any client, in any language: the adapter may start a
 * program and talk to it.
 */
export interface ClientUnderTest {
  /** Connects, authenticates application and account. Rejects when that fails. */
  connect(details: ConnectionDetails): Promise<void>
  /**
   * Buys at the market and resolves with what became of it. Rejecting counts as not filled.
   *
   * @param order.volume hundredths of a unit
   */
  buy(order: {
    readonly symbol: string
    readonly symbolId: number
    readonly volume: number
  }): Promise<OrderOutcome>
  /** Makes so many requests for the server's version, as fast as the client lets itself. Skipped without it. */
  ask?(count: number): Promise<void>
  /** Ends everything. Called also after failures, and must not throw. */
  close(): Promise<void>
}

/** Starts a client that has done nothing yet. Called once for each scenario. */
export type StartClient = () => ClientUnderTest | Promise<ClientUnderTest>
