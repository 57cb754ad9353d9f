export type { AccountAccess, AccountTerms, LimitedRiskMargin } from './account-terms.ts'
export type { AccountState, AccountsControl, Amount, NewAccount } from './accounts-control.ts'
export { adminApp } from './admin/admin-app.ts'
export type { ConnectionChoice, ConnectionInfo, ConnectionsControl } from './connections.ts'
export { consoleApp } from './console/console-app.ts'
export { controlGear, createControl, type SandboxControl } from './control.ts'
export {
  ControlArgumentError,
  ControlNotFoundError,
  JournalMismatchError,
  NothingHappenedError,
  TimeNotOwnedError,
} from './errors.ts'
export type {
  FaultDelay,
  FaultHandle,
  FaultRule,
  FaultScope,
  LineFault,
  RequestFault,
  SendingFault,
} from './fault.ts'
export type { Faults } from './faults.ts'
export { Forks } from './forks.ts'
export type { Journal, JournalOptions, JournalWait } from './journal.ts'
export { describeEntry, type JournalEntry, type JournalQuery } from './journal-entry.ts'
export type { Lots } from './lots.ts'
export type { Maintenance, MaintenanceState, MaintenanceWindow } from './maintenance.ts'
export type {
  MarketControl,
  PriceInput,
  PriceMove,
  PriceSpike,
  RecordingProgress,
  SymbolPrice,
} from './market-control.ts'
export type { RulesControl } from './rules-control.ts'
export {
  type AdvanceOptions,
  type RunUntilOptions,
  SandboxTime,
  type TimeChoice,
  timeSource,
} from './sandbox-time.ts'
export {
  type RevertOptions,
  restoreState,
  type SandboxState,
  type SnapshotInfo,
  type Snapshots,
} from './snapshots.ts'
export {
  type RulesChange,
  type SymbolRules,
  type TradingModeName,
  worldWithRules,
} from './symbol-rules.ts'
export {
  type Terminal,
  type TerminalOrder,
  TerminalRefusedError,
  type TerminalTicket,
} from './terminal.ts'
export type { TokenChoice, TokensControl } from './tokens-control.ts'
