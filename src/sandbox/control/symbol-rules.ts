import {
  ProtoOASymbolDistanceType as DistanceType,
  ProtoOATradingMode as TradingMode,
} from '../../protocol/index.ts'
import { say } from '../../say.ts'
import type { InstrumentChange } from '../desk/index.ts'
import type { Instrument, World } from '../world/index.ts'
import { ControlArgumentError } from './errors.ts'
import { nameOf, requireInstrument } from './field-values.ts'
import { type Lots, lotsText, volumeIn } from './lots.ts'

/**
 * What a symbol takes. `close-only`: orders that make a position smaller. `pendings-only`: no orders, but those that wait
 * are executed. `disabled`: no orders, and none that waits is executed.
 */
export type TradingModeName = 'enabled' | 'close-only' | 'pendings-only' | 'disabled'

/** The rules of a symbol to be changed; what is left out stays. */
export interface RulesChange {
  readonly tradingMode?: TradingModeName
  /** Whether positions may be opened by selling. */
  readonly shortSelling?: boolean
  /** The least volume of an order. */
  readonly minLots?: Lots
  /** The greatest volume of an order. */
  readonly maxLots?: Lots
  /** Volumes are multiples of it. */
  readonly stepLots?: Lots
  /** Most that an account may hold on one side; `null` for no limit. */
  readonly maxExposureLots?: Lots | null
  /** The least distance of a stop loss from the market, in `distanceIn`. */
  readonly stopLossDistance?: number
  /** The least distance of a take profit from the market, in `distanceIn`. */
  readonly takeProfitDistance?: number
  /** Points (10^-digits of the price), or hundredths of a percent of the price. */
  readonly distanceIn?: 'points' | 'percent'
  /** Whether stop losses may be guaranteed. */
  readonly guaranteedStopLoss?: boolean
  /** The least distance of a guaranteed stop loss from the market, in `distanceIn`. */
  readonly guaranteedDistance?: number
  /** What a guarantee costs, in US cents per lot. */
  readonly guaranteedCharge?: number
}

/** The rules of a symbol as they are. Lots are decimal text. */
export interface SymbolRules extends Required<RulesChange> {
  readonly symbol: string
  readonly symbolId: number
  readonly minLots: string
  readonly maxLots: string
  readonly stepLots: string
  readonly maxExposureLots: string | null
}

const tradingModes: Readonly<Record<TradingModeName, TradingMode>> = {
  enabled: TradingMode.ENABLED,
  'close-only': TradingMode.CLOSE_ONLY_MODE,
  'pendings-only': TradingMode.DISABLED_WITH_PENDINGS_EXECUTION,
  disabled: TradingMode.DISABLED_WITHOUT_PENDINGS_EXECUTION,
}

const distanceTypes: Readonly<Record<SymbolRules['distanceIn'], DistanceType>> = {
  points: DistanceType.SYMBOL_DISTANCE_IN_POINTS,
  percent: DistanceType.SYMBOL_DISTANCE_IN_PERCENTAGE,
}

type Changed = { -readonly [K in keyof InstrumentChange]: InstrumentChange[K] }

/** What each rule is called by the desk, and what becomes of it there; undefined for what it cannot be, null for no limit. */
const readers: {
  readonly [K in keyof Required<RulesChange>]: {
    readonly name: keyof InstrumentChange
    read(value: unknown, instrument: Instrument): Changed[keyof Changed] | null
    readonly means: string
  }
} = {
  tradingMode: oneOf('tradingMode', tradingModes),
  shortSelling: flag('shortSelling'),
  minLots: lots('minVolume'),
  maxLots: lots('maxVolume'),
  stepLots: lots('stepVolume'),
  maxExposureLots: {
    name: 'maxExposure',
    read: (value, instrument) => (value === null ? null : lotsIn(value, instrument)),
    means: "lots above 0 as decimal text such as '0.10', or null for no limit",
  },
  stopLossDistance: whole('stopLossDistance'),
  takeProfitDistance: whole('takeProfitDistance'),
  distanceIn: oneOf('distanceType', distanceTypes),
  guaranteedStopLoss: flag('guaranteedStopLoss'),
  guaranteedDistance: whole('guaranteedDistance'),
  guaranteedCharge: whole('guaranteedCharge'),
}

/** The names by which the desk knows what rules can change. */
export const changeable: readonly (keyof InstrumentChange)[] = Object.values(readers).map(
  ({ name }) => name,
)

/**
 * A change of a symbol's rules as the desk knows it.
 *
 * @throws ControlArgumentError for a rule that is not there or cannot be so, and for volumes that contradict each other
 */
export function readRules(change: RulesChange, instrument: Instrument): InstrumentChange {
  const changed = read(change, instrument)
  checkVolumes({ ...instrument, ...changed })
  return changed
}

/** A world whose symbols have other rules from the start. @throws ControlArgumentError, ControlNotFoundError */
export function worldWithRules(
  world: World,
  rules: Readonly<Record<string, RulesChange>> = {},
): World {
  const instruments = new Map(world.instruments)
  for (const [symbol, change] of Object.entries(rules)) {
    const instrument = requireInstrument(world, symbol)
    instruments.set(instrument.symbolId, { ...instrument, ...readRules(change, instrument) })
  }
  return { ...world, instruments }
}

function read(change: RulesChange, instrument: Instrument): Changed {
  const { name: symbol } = instrument
  const changed: Record<string, unknown> = {}
  const isObject = typeof change === 'object' && change !== null
  const given = Object.entries(isObject ? change : {}).filter(([, value]) => value !== undefined)
  const known = Object.keys(readers).join(', ')
  if (given.length === 0) {
    throw new ControlArgumentError(`No rule of ${symbol} was given.`, {
      facts: { symbol },
      remedy: `Give any of ${known}.`,
    })
  }
  for (const [rule, value] of given) {
    if (!Object.hasOwn(readers, rule)) {
      throw new ControlArgumentError(`There is no rule ${say(rule)}.`, {
        facts: { symbol, rule: say(rule) },
        remedy: `The rules are ${known}.`,
      })
    }
    const { name, read: reader, means } = readers[rule as keyof typeof readers]
    const result = reader(value, instrument)
    if (result === undefined) {
      throw new ControlArgumentError(`${rule} of ${symbol} cannot be ${say(value)}.`, {
        facts: { symbol, rule, value: say(value) },
        remedy: `Give ${means}.`,
      })
    }
    changed[name] = result ?? undefined
  }
  return changed
}

/** Volumes that no order could have. @throws ControlArgumentError */
function checkVolumes(instrument: Instrument): void {
  const { name: symbol, minVolume, maxVolume, stepVolume } = instrument
  const smallest = Math.ceil(minVolume / stepVolume) * stepVolume
  if (smallest <= maxVolume) return
  const shown = (volume: number): string => lotsText(volume, instrument)
  const facts = {
    minLots: shown(minVolume),
    maxLots: shown(maxVolume),
    stepLots: shown(stepVolume),
  }
  throw new ControlArgumentError(
    `No order of ${symbol} could be from ${facts.minLots} to ${facts.maxLots} lots in steps of ${facts.stepLots}.`,
    { facts: { symbol, ...facts }, remedy: 'Give minLots, maxLots and stepLots that fit.' },
  )
}

/** The rules of a symbol as they are told. */
export function rulesOf(instrument: Instrument): SymbolRules {
  const { symbolId, name: symbol, maxExposure, tradingMode, distanceType } = instrument
  const shown = (volume: number): string => lotsText(volume, instrument)
  return {
    ...{ symbol, symbolId, tradingMode: nameOf(tradingModes, tradingMode) },
    shortSelling: instrument.shortSelling,
    minLots: shown(instrument.minVolume),
    maxLots: shown(instrument.maxVolume),
    stepLots: shown(instrument.stepVolume),
    maxExposureLots: maxExposure === undefined ? null : shown(maxExposure),
    stopLossDistance: instrument.stopLossDistance,
    takeProfitDistance: instrument.takeProfitDistance,
    distanceIn: nameOf(distanceTypes, distanceType),
    guaranteedStopLoss: instrument.guaranteedStopLoss,
    guaranteedDistance: instrument.guaranteedDistance,
    guaranteedCharge: instrument.guaranteedCharge,
  }
}

function oneOf(name: keyof InstrumentChange, values: Readonly<Record<string, number>>) {
  return {
    name,
    read: (value: unknown) =>
      typeof value === 'string' && Object.hasOwn(values, value) ? values[value] : undefined,
    means: `one of ${Object.keys(values).join(', ')}`,
  }
}

function flag(name: keyof InstrumentChange) {
  return {
    name,
    read: (value: unknown) => (typeof value === 'boolean' ? value : undefined),
    means: 'true or false',
  }
}

function lots(name: keyof InstrumentChange) {
  return {
    name,
    read: lotsIn,
    means: "lots above 0 as decimal text such as '0.10'",
  }
}

function lotsIn(value: unknown, instrument: Instrument): number | undefined {
  const volume = volumeIn(value, instrument)
  return volume === 0 ? undefined : volume
}

function whole(name: keyof InstrumentChange) {
  return {
    name,
    // The schema's fields are of 32 bits.
    read: (value: unknown) =>
      Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0x7fffffff
        ? Number(value)
        : undefined,
    means: 'a whole number from 0',
  }
}
