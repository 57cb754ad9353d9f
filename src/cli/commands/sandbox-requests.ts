import { UsageError } from '../errors.ts'
import { readInteger, readNumber, readSeconds, readYesOrNo } from '../option-values.ts'

/** One request to the admin API of a sandbox. */
export interface SandboxRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below `/admin`. */
  readonly path: string
  readonly body?: object
}

/** The options of a verb as the command line gave them. */
export type Given = Readonly<Record<string, string | boolean | undefined>>

type Make = (given: Given, argument: string | undefined) => SandboxRequest

const requests: Readonly<Record<string, Make>> = {
  time: () => get('/time'),
  advance: ({ silence }, seconds = '') =>
    post('/time/advance', {
      ms: readNumber('The time', seconds) * 1000,
      countsAsSilence: silence === true,
    }),
  'run-until': (given) =>
    post('/time/run-until', {
      ...scopeOf(given),
      countsAsSilence: given['silence'] === true,
      atMostMs: readSeconds('--at-most', text(given['atMost'])),
    }),
  price({ bid, ask }, symbol) {
    const isSet = bid !== undefined || ask !== undefined
    if (isSet) return post(`/market/${part(named(symbol, 'price EURUSD'))}/price`, { bid, ask })
    return get(symbol === undefined ? '/market' : `/market/${part(symbol)}`)
  },
  gap: (given, symbol) => post(`/market/${part(symbol)}/gap`, moveOf('gap', given)),
  spike: (given, symbol) =>
    post(`/market/${part(symbol)}/spike`, {
      ...moveOf('spike', given),
      lastsMs: readSeconds('--lasts', text(given['lasts'])),
    }),
  close: (_, symbol) => post(ofSymbol('close', symbol)),
  open: (_, symbol) => post(ofSymbol('open', symbol)),
  silence: (_, symbol) => post(ofSymbol('silence', symbol)),
  release: (_, symbol) => post(ofSymbol('release', symbol)),
  rules: rulesRequest,
  'list-accounts': () => get('/accounts'),
  'create-account': (given) =>
    post('/accounts', {
      isLive: given['live'] === true,
      accountType: accountTypeOf(given),
      depositAsset: given['currency'],
      deposit: given['deposit'],
      limitedRisk: given['limitedRisk'] === true,
      limitedRiskMargin: given['limitedRiskMargin'],
      ...numbers(given, ['leverage', 'maxPositions']),
    }),
  'set-terms': (given, account) =>
    post(`/accounts/${part(account)}/terms`, {
      ...numbers(given, ['leverage', 'maxPositions']),
      ...flags(given, ['limitedRisk']),
      limitedRiskMargin: given['limitedRiskMargin'],
    }),
  deposit: ({ amount, note }, account) =>
    post(`/accounts/${part(account)}/deposit`, { amount: needed('--amount 500', amount), note }),
  withdraw: ({ amount, note }, account) =>
    post(`/accounts/${part(account)}/withdraw`, { amount: needed('--amount 500', amount), note }),
  'set-access': ({ to }, account) =>
    post(`/accounts/${part(account)}/access`, { access: needed('--to close-only', to) }),
  positions: (_, account) => get(`/accounts/${part(account)}/positions`),
  'open-position': ({ symbol, side, lots }, account) =>
    post(`/accounts/${part(account)}/positions`, {
      symbol: needed('--symbol EURUSD', symbol),
      side: needed('--side buy', side),
      lots: needed('--lots 0.1', lots),
    }),
  'close-position': ({ position, lots }, account) =>
    post(
      `/accounts/${part(account)}/positions/${part(needed('--position 3000001', position))}/close`,
      {
        lots,
      },
    ),
  snapshot: () => post('/snapshots'),
  snapshots: () => get('/snapshots'),
  revert: (_, snapshot) => post(`/snapshots/${part(snapshot)}/revert`),
  fork: (_, snapshot) => {
    if (snapshot === undefined) return post('/forks')
    return post('/forks', { snapshot: readInteger('The snapshot', snapshot) })
  },
  forks: () => get('/forks'),
  'close-fork': (_, fork) => ({ method: 'DELETE', path: `/forks/${part(fork)}` }),
  reset: () => post('/reset'),
  connections: () => get('/connections'),
  cut: (given) => post('/connections/cut', { ...choiceOf(given), how: given['how'] }),
  disconnect: ({ mute }, account) =>
    post(`/accounts/${part(account)}/disconnect`, { mute: mute === true }),
  'disconnect-application': (given) =>
    post('/applications/disconnect', { ...choiceOf(given), reason: given['reason'] }),
  invalidate: (given) =>
    post('/tokens/invalidate', { ...choiceOf(given), reason: given['reason'] }),
  expire: (given) => post('/tokens/expire', choiceOf(given)),
  maintenance(given) {
    if (given['end'] === true) return { method: 'DELETE', path: '/maintenance' }
    const forMs = readSeconds('--for', text(given['for']))
    return post('/maintenance', { forMs, of: given['of'], host: given['host'] })
  },
  fault: (given, fault) => post('/faults', { fault, ...faultOf(given) }),
  faults({ remove, clear }) {
    if (clear === true) return { method: 'DELETE', path: '/faults' }
    if (remove === undefined) return get('/faults')
    return { method: 'DELETE', path: `/faults/${part(text(remove))}` }
  },
  journal: journalRequest,
}

/** What a verb asks of the sandbox. @throws {@link UsageError} for an option that is not usable */
export function requestOf(
  verb: string,
  given: Given,
  argument: string | undefined,
): SandboxRequest {
  const make = Object.hasOwn(requests, verb) ? requests[verb] : undefined
  if (make === undefined) throw new UsageError(`There is no verb ${verb}.`, 'See --help.')
  return make(given, argument)
}

function get(path: string): SandboxRequest {
  return { method: 'GET', path }
}

function post(path: string, body?: object): SandboxRequest {
  return { method: 'POST', path, ...(body === undefined ? {} : { body }) }
}

function ofSymbol(verb: string, symbol: string | undefined): string {
  return symbol === undefined ? `/market/${verb}` : `/market/${part(symbol)}/${verb}`
}

function part(value = ''): string {
  return encodeURIComponent(value)
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The value of an option without which a verb means nothing. @param example how it is given @throws {@link UsageError} */
function needed(example: string, value: string | boolean | undefined): string {
  const given = text(value)
  if (given !== undefined) return given
  const [option = ''] = example.split(' ')
  throw new UsageError(`${option} is missing.`, `Give it: ${example}`, { option })
}

/** The symbol without which a verb means nothing. @param example how one is named @throws {@link UsageError} */
function named(symbol: string | undefined, example: string): string {
  if (symbol !== undefined) return symbol
  throw new UsageError('Which symbol is meant is not said.', `Name one: ${example} ...`)
}

/** Options as fields: numbers where they are numbers. */
function numbers(given: Given, names: readonly string[]): Record<string, number> {
  return readEach(given, names, readNumber)
}

/** Options as fields: true or false where they are yes or no. */
function flags(given: Given, names: readonly string[]): Record<string, boolean> {
  return readEach(given, names, readYesOrNo)
}

function readEach<T>(
  given: Given,
  names: readonly string[],
  read: (option: string, value: string) => T,
): Record<string, T> {
  const fields: Record<string, T> = {}
  for (const name of names) {
    const value = text(given[name])
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    if (value !== undefined) fields[name] = read(option, value)
  }
  return fields
}

function rulesRequest(given: Given, symbol: string | undefined): SandboxRequest {
  const path = symbol === undefined ? '/rules' : `/rules/${part(symbol)}`
  const { tradingMode, minLots, maxLots, stepLots, distanceIn } = given
  const exposure = given['maxExposureLots']
  const change = {
    ...{ tradingMode, minLots, maxLots, stepLots, distanceIn },
    maxExposureLots: exposure === 'none' ? null : exposure,
    ...flags(given, ['shortSelling', 'guaranteedStopLoss']),
    ...numbers(given, ['stopLossDistance', 'takeProfitDistance']),
    ...numbers(given, ['guaranteedDistance', 'guaranteedCharge']),
  }
  const changes = Object.values(change).some((value) => value !== undefined)
  if (given['reset'] === true) {
    if (!changes) return { method: 'DELETE', path }
    throw new UsageError('Rules are put back or changed.', 'Leave out --reset or the others.')
  }
  if (!changes) return get(path)
  named(symbol, 'rules EURUSD')
  return post(path, change)
}

function moveOf(verb: string, given: Given): object {
  const ways = ['pips', 'percent', 'by'].filter((name) => given[name] !== undefined)
  if (ways.length !== 1) {
    throw new UsageError(
      ways.length === 0
        ? `How far the price is to ${verb} is not said.`
        : `--${ways.join(' and --')} contradict each other.`,
      'Give one of --pips -50, --percent 0.5 or --by 0.0050.',
    )
  }
  return { ...numbers(given, ['pips', 'percent']), by: given['by'] }
}

function choiceOf(given: Given): object {
  const { host, clientId } = given
  return { ...numbers(given, ['connection', 'account']), host, clientId }
}

function faultOf(given: Given): object {
  const { message, host, errorCode, description, as, how } = given
  const own = [
    ...['nth', 'times', 'probability', 'seed', 'ms', 'retryAfter'],
    ...['bytes', 'gapMs', 'bytesPerSecond', 'withinMs', 'account', 'connection'],
  ]
  return { message, host, errorCode, description, as, how, ...numbers(given, own) }
}

function accountTypeOf(given: Given): string {
  if (given['netted'] === true && given['spreadBetting'] === true) {
    throw new UsageError('An account is netted or for spread betting.', 'Leave out one of them.')
  }
  if (given['spreadBetting'] === true) return 'SPREAD_BETTING'
  return given['netted'] === true ? 'NETTED' : 'HEDGED'
}

/** Which messages are meant. */
function scopeOf(given: Given): object {
  const { message, host, direction } = given
  return { message, host, direction, ...numbers(given, ['account', 'connection']) }
}

function journalRequest(given: Given): SandboxRequest {
  if (given['clear'] === true) return { method: 'DELETE', path: '/journal' }
  const query: Readonly<Record<string, unknown>> = {
    ...scopeOf(given),
    ...numbers(given, ['since']),
  }
  const expected = text(given['expect'])
  if (expected !== undefined) {
    const times = readInteger('--expect', expected)
    return post('/journal/expect', { ...query, times })
  }
  const limit = readInteger('--limit', text(given['limit']) ?? '50')
  const search = new URLSearchParams({ limit: String(limit) })
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value))
  }
  return get(`/journal?${search}`)
}
