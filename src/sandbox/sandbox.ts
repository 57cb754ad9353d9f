import type { Clock } from '../async/clock.ts'
import type { SandboxAuth } from './auth-server/index.ts'
import type { SandboxControl, SandboxTime } from './control/index.ts'
import type { NewApplication } from './credentials.ts'
import type { Application, Scope, TokenPair } from './identity/index.ts'
import type { AccountType } from './world/index.ts'

/** The ports of one host. Each takes plain TLS and WebSocket. */
export interface SandboxHost {
  readonly protobufPort: number
  readonly jsonPort: number
}

/** What can carry the messages between a client and the sandbox. */
export type SandboxCarrier = 'protobuf-tcp' | 'protobuf-websocket' | 'json-tcp' | 'json-websocket'

/** A trading account of the sandbox, as the SDK's users name things. */
export interface SandboxAccountInfo {
  readonly accountId: number
  /** The number shown to people; requests do not take it. */
  readonly traderLogin: number
  /** Whether it lives on the live host. */
  readonly isLive: boolean
  readonly depositAsset: string
  readonly accountType: AccountType
}

/** What the command line prints when it is ready, one line of JSON. Holds secrets, on purpose. */
export interface SandboxLine {
  readonly seed: number
  readonly pid: number
  readonly authorizeUrl: string
  readonly tokenUrl: string
  readonly consoleUrl: string
  readonly host: string
  readonly demo: SandboxHost
  readonly live: SandboxHost
  readonly caFile: string
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUris: readonly string[]
  readonly username: string
  readonly password: string
  readonly accessToken: string
  readonly refreshToken: string
  readonly accounts: readonly {
    readonly ctidTraderAccountId: number
    readonly traderLogin: number
    readonly isLive: boolean
    readonly depositAsset: string
    readonly accountType: AccountType
  }[]
  /** Where {@link Sandbox.control} is served over HTTP, and what its callers must know. */
  readonly adminUrl: string
  readonly adminToken: string
}

/** What `createClient` needs to work against a sandbox. */
export interface SandboxClientOptions {
  readonly environment: {
    readonly name: 'sandbox'
    readonly demo: { readonly host: string; readonly port: number; readonly jsonPort: number }
    readonly live: { readonly host: string; readonly port: number; readonly jsonPort: number }
    /** The certificate to trust, PEM. */
    readonly ca: string
    readonly authorizeUrl: string
    readonly tokenUrl: string
  }
  readonly application: { readonly clientId: string; readonly clientSecret: string }
  readonly grants: readonly { readonly accessToken: string; readonly refreshToken: string }[]
  readonly carrier?: SandboxCarrier
}

export interface IssueTokens {
  /** @defaultValue 'trading' */
  readonly scope?: Scope
  /** @defaultValue all accounts */
  readonly accountIds?: readonly number[]
  /** Client id of the application that gets them. @defaultValue the ready-made one's */
  readonly clientId?: string
}

/**
 * A running sandbox: an authorization server and two API hosts on the loopback interface. Ids, secrets and tokens follow
 * from the seed.
 */
export interface Sandbox extends AsyncDisposable {
  readonly seed: number
  /** The time that everything inside goes by. */
  readonly clock: Clock
  /** The same, to be moved where the sandbox was created with owned time. */
  readonly time: SandboxTime
  /** What a test or a person may do to it while it runs. */
  readonly control: SandboxControl
  /** The same over HTTP, for programs in other languages; they send the token as `Authorization: Bearer`. */
  readonly adminUrl: string
  readonly adminToken: string
  readonly host: string
  readonly authorizeUrl: string
  readonly tokenUrl: string
  readonly consoleUrl: string
  readonly demo: SandboxHost
  readonly live: SandboxHost
  /** The certificate that clients must trust, PEM. */
  readonly ca: string
  /** A file with the same. Removed with the sandbox unless a directory was named. */
  readonly caFile: string
  /** The ready-made application. */
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUris: readonly string[]
  /** The person whose accounts these are; signs in on the consent page. */
  readonly username: string
  readonly password: string
  /** A ready-made grant of scope `trading` over all accounts; a new consent does not end it. */
  readonly accessToken: string
  readonly refreshToken: string
  readonly accounts: readonly SandboxAccountInfo[]
  /** The authorization server's faults, and what it was asked. */
  readonly auth: SandboxAuth
  /** What the command line prints. */
  line(): SandboxLine
  /**
   * Options for `createClient`: with the ready-made grant, or, where a scope is named, with a fresh one of that scope;
   * over the carrier that is named, or the client's default.
   */
  clientOptions(options?: {
    readonly scope?: Scope
    readonly carrier?: SandboxCarrier
  }): SandboxClientOptions
  /** Registers another application. */
  addApplication(application: NewApplication): Application
  /** Grants without a consent page; ends no other grant and outlives later consents. */
  issueTokens(options?: IssueTokens): TokenPair
  /** Ends everything: no socket, timer or file of the sandbox is left. Harmless to repeat. */
  close(): Promise<void>
}
