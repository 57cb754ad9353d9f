import { CTraderError } from '../errors.ts'

/** No symbol of this name or id exists for the account. */
export class UnknownSymbolError extends CTraderError {
  /** Names that look like the one asked for. */
  readonly similar: readonly string[]

  constructor(symbol: string | number, similar: readonly string[]) {
    super('UNKNOWN_SYMBOL', `The account's broker has no symbol ${format(symbol)}.`, {
      facts: { symbol, similar },
      remedy:
        similar.length === 0
          ? 'List the symbols; names and ids differ from broker to broker.'
          : `Did you mean ${similar.join(', ')}? Names differ from broker to broker.`,
    })
    this.similar = similar
  }
}

/** Several symbols of the account's broker bear this name. */
export class AmbiguousSymbolError extends CTraderError {
  constructor(name: string, symbolIds: readonly number[]) {
    super('AMBIGUOUS_SYMBOL', `The name "${name}" belongs to ${symbolIds.length} symbols.`, {
      facts: { name, symbolIds },
      remedy: `Use one of the ids ${symbolIds.join(', ')} instead.`,
    })
  }
}

/** The server says something of a symbol that cannot be: prices and volumes of it would be wrong. */
export class UnusableSymbolError extends CTraderError {
  constructor(symbol: string, symbolId: number, field: string, value: number | bigint) {
    super('UNUSABLE_SYMBOL', `The server says that ${field} of ${symbol} is ${value}.`, {
      facts: { symbol, symbolId, field, value },
      remedy: 'Nothing is traded or quoted on such terms; ask the broker.',
    })
  }
}

/** A volume in lots of a symbol whose lot has no known size. Nothing was sent. */
export class UnknownLotSizeError extends CTraderError {
  constructor(symbol: string) {
    super('UNKNOWN_LOT_SIZE', `The server does not say how much one lot of ${symbol} is.`, {
      facts: { symbol },
      remedy: 'Say the volume in units: units(10_000).',
    })
  }
}

/** A quote came that cannot be read: what the market did then was missed. `cause` says more, where there is more. */
export class MalformedQuoteError extends CTraderError {
  constructor(symbol: string | undefined, detail: string, cause?: unknown) {
    super('MALFORMED_QUOTE', `A quote${symbol ? ` of ${symbol}` : ''} cannot be read: ${detail}.`, {
      facts: { symbol },
      remedy: 'Watch again to go on from the next quote.',
      cause,
    })
  }
}

function format(symbol: string | number): string {
  return typeof symbol === 'number' ? `with the id ${symbol}` : `"${symbol}"`
}
