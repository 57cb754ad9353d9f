// Values for the fields of generated cases: believable ones by name, and the edges of every type.

/**
 * @typedef {import('../generate/load.mjs').Field} Field
 * @typedef {'typical' | 'zero' | 'minus one' | 'lowest' | 'highest'} Taste
 */

const long = 'Cartagena de Indias – «спред» – 取引 – '.repeat(4)

/** By the name of the field; the first pattern that fits. @type {[RegExp, string | number][]} */
const believable = [
  [/^ctidTraderAccountIds?$/, 1001],
  [/^traderLogin$/, 5001],
  [/^symbolId$/, 1],
  [/^orderId$/, 600_001],
  [/^positionId$/, 700_001],
  [/^dealId$/, 500_001],
  [/Id$|^id$/, 42],
  [/^clientMsgId$/, 'cm_id_2'],
  [/^payloadType$/, 2131],
  [/Timestamp$|^timestamp$/, 1_736_861_234_567],
  [/^utcTimestampInMinutes$/, 28_947_687],
  [/^holidayDate$/, 20_454],
  [/^(bid|low|tick)$/, 112_567],
  [/^ask$/, 112_569],
  [/^sessionClose$/, 112_410],
  [/^delta(Open|High|Close)$/, 17],
  [/^relative(StopLoss|TakeProfit)$/, 100],
  [/^deletedQuotes$/, 9_000],
  [/^(balance|equity)$/, 1_000_464],
  [/[cC]ommission$|^swap$/, -3],
  [/Profit$|PnL$|^delta$|Delta$|Fee$/, -124],
  [/Margin$/, 1126],
  [/^lotSize$/, 10_000_000],
  [/^maxVolume$|^maxExposure$/, 1_000_000_000],
  [/[vV]olume$|^size$/, 100_000],
  [/^moneyDigits$/, 2],
  [/^digits$/, 5],
  [/^pipPosition$/, 4],
  [/Digits$/, 2],
  [/^leverageInCents$|^maxLeverage$|^leverage$/, 10_000],
  [/^stopLoss$|^stopPrice$/, 1.12469],
  [/^takeProfit$|^limitPrice$/, 1.12669],
  [/[pP]rice$|^marginRate$|Rate$/, 1.12569],
  [/^swapLong$/, -0.941],
  [/^accessToken$/, 'an-access-token'],
  [/^refreshToken$/, 'a-refresh-token'],
  [/^tokenType$/, 'bearer'],
  [/^expiresIn$/, 2_628_000],
  [/^errorCode$/, 'TRADING_BAD_STOPS'],
  [/^symbolName$/, 'EURUSD'],
  [/TimeZone$/, 'America/New_York'],
]

/**
 * One value of a scalar or enum field, as text format.
 *
 * @param {Field} field
 * @param {Taste} taste
 * @param {number} index position in a list; makes its items differ
 * @param {{ name: string, number: number }[]} values of the enum, if it is one
 */
export function sample(field, taste, index, values) {
  if (field.kind === 'enum') {
    const wanted = {
      zero: 0,
      'minus one': 1,
      lowest: 0,
      highest: values.length - 1,
      typical: field.number + index,
    }
    return values[wanted[taste] % values.length]?.name ?? ''
  }
  switch (field.type) {
    case 'bool':
      return String(taste === 'typical' || taste === 'highest')
    case 'string':
      return quote(sampleString(field, taste, index))
    case 'bytes':
      return (
        {
          zero: '""',
          'minus one': '"\\377"',
          lowest: '"\\000"',
          highest: '"\\000\\177\\200\\377\\303("',
        }[taste] ?? '"\\010\\001"'
      )
    case 'double':
      return sampleDouble(field, taste, index)
    default:
      return sampleInteger(field, taste, index)
  }
}

function sampleString(field, taste, index) {
  if (taste === 'zero') return ''
  if (taste === 'minus one') return '"quoted" \\ and\ta line\nbreak\u0001'
  if (taste === 'lowest') return 'Ünïcödé ключ 鍵 🔑'
  if (taste === 'highest') return long
  const found = believable.find(
    ([name, value]) => name.test(field.name) && typeof value === 'string',
  )
  return index === 0
    ? String(found?.[1] ?? `some ${field.name}`)
    : `${found?.[1] ?? `some ${field.name}`} ${index}`
}

function sampleDouble(field, taste, index) {
  if (taste === 'zero') return '0'
  if (taste === 'minus one') return '-0.0'
  // Infinity is no price, but it is a double; the codec has no opinion.
  if (taste === 'lowest') return '-inf'
  if (taste === 'highest') return field.number % 2 === 0 ? 'nan' : '1.7976931348623157e308'
  const found = believable.find(([name]) => name.test(field.name))
  return String(typeof found?.[1] === 'number' ? found[1] + index : 0.1 + index)
}

const safe = 2n ** 53n - 1n
/** @type {Record<string, [bigint, bigint]>} */
const ranges = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
}

function sampleInteger(field, taste, index) {
  const [lowest, highest] = ranges[field.type] ?? [0n, 0n]
  const isNumber = field.int64 === 'number'
  if (taste === 'zero') return '0'
  if (taste === 'minus one') return lowest === 0n ? '1' : '-1'
  if (taste === 'lowest') return String(isNumber && lowest < -safe ? -safe : lowest)
  if (taste === 'highest') return String(isNumber ? safe : highest)
  const found = believable.find(([name]) => name.test(field.name))
  return String(Math.trunc(typeof found?.[1] === 'number' ? found[1] : field.number) + index)
}

/** A string of text format: printable characters as they are, the rest as octal escapes. */
function quote(text) {
  const written = Array.from(text, (character) => {
    const code = character.charCodeAt(0)
    const isPlain = code >= 32 && character !== '"' && character !== '\\'
    return isPlain ? character : `\\${code.toString(8).padStart(3, '0')}`
  })
  return `"${written.join('')}"`
}
