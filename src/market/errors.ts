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

function format(symbol: string | number): string {
  return typeof symbol === 'number' ? `with the id ${symbol}` : `"${symbol}"`
}
