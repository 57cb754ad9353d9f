import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { protoFiles, protoFolder } from './protoc.ts'

const root = new protobuf.Root()
for (const file of protoFiles) {
  const text = readFileSync(join(protoFolder, file), 'utf8')
  protobuf.parse(text, root, { keepCase: true, alternateCommentMode: true })
}
root.resolveAll()
const messages = root.nestedArray.filter((item) => item instanceof protobuf.Type)
const enums = root.nestedArray.filter((item) => item instanceof protobuf.Enum)
const fields = messages.flatMap((message) =>
  message.fieldsArray.map((field) => ({
    path: `${message.name}.${field.name}`,
    name: field.name,
    isNumber: /^(u?int(32|64)|double)$/.test(field.type),
    comment: field.comment ?? '',
  })),
)

/**
 * What a field's comment must say, by the first row that fits the field. Every numeric field must fit a row, so a new
 * one cannot slip in without a unit.
 */
const units: readonly (readonly [field: RegExp, wanted: RegExp | undefined])[] = [
  // Numbers that count or name something; the protocol leaves the unit of the second row open.
  [
    /(\.id|Ids?)$|\.(payloadType|digits|pipPosition|moneyDigits|balanceVersion|maxRows|count|sortingNumber|traderLogin|deletedQuotes)$/,
    undefined,
  ],
  [/\.(maxExposure|gslCharge|minCommission|leverage)$/, /protocol does not state the unit/],
  // Exceptions to the rules below.
  [/^ProtoOAErrorRes\.maintenanceEndTimestamp$/, /in seconds since 1970-01-01 UTC/],
  [/^ProtoOATrendbar\.volume$/, /number of ticks/i],
  [/^ProtoOADynamicLeverageTier\.volume$/, /in cents of USD/],
  [/^ProtoOASymbol\.commission$/, /hundredths of the amount that commissionType names/],
  // Time.
  [/[tT]imestamp$/, /ms since 1970-01-01 UTC/],
  [/\.utcTimestampInMinutes$/, /minutes since 1970-01-01 UTC/],
  [/\.holidayDate$/, /days since 1970-01-01/],
  [/^ProtoOAInterval\./, /seconds since Sunday 00:00/],
  [/^ProtoOAHoliday\.(start|end)Second$/, /seconds after 00:00/],
  [/\.swapPeriod$/, /in hours/],
  [/\.swapTime$/, /minutes after 00:00 UTC/],
  [/\.skipSWAPPeriods$/, /number of swap periods/i],
  [/\.skipRolloverDays$/, /number of days/i],
  [/\.expiresIn$/, /in seconds/],
  [/\.retryAfter$/, /^Seconds/],
  // Prices.
  [
    /\.(bid|ask|sessionClose|low|tick|delta(Open|Close|High)|relative(StopLoss|TakeProfit))$/,
    /x 100000/,
  ],
  [
    /\.(limitPrice|stopPrice|stopLoss|takeProfit|baseSlippagePrice|executionPrice|entryPrice|price)$/,
    /as a decimal number/,
  ],
  [/\.slippageInPoints$/, /in points \(10\^-digits\)/],
  [/\.(sl|tp|gsl)Distance$/, /in points or percent/],
  [/\.(marginRate|\w+ConversionRate)$/, /Rate from the \w+ asset to .* as a decimal number/],
  // Volumes.
  [/\.(\w*[vV]olume|lotSize|size)$/, /in hundredths of a unit/],
  // Money.
  [/\.preciseTradingCommissionRate$/, /x 10\^8 .* percent x 10\^5/s],
  [/\.preciseMinCommission$/, /x 10\^8/],
  [/\.rolloverCommission$/, /USD per lot and day/],
  [/\.pnlConversionFeeRate$/, /hundredths of a percent/],
  [/\.swap(Long|Short)$/, /measured as swapCalculationType/],
  [
    /\.(balance|delta|equity|swap|\w*[cC]ommission|\w+(Bonus|Delta|Margin|Profit|PnL|Fee))$/,
    /10\^-moneyDigits of the deposit asset/,
  ],
  [/\.(leverageInCents|maxLeverage)$/, /in hundredths: 5000 is 1:50/],
  [/\.marginLevelThreshold$/, /in percent/],
]

describe('the comments of the schema', () => {
  it('explain every message and every enum', () => {
    const bare = [...messages, ...enums].filter((item) => (item.comment ?? '').length < 5)
    expect(bare.map((item) => item.name)).toEqual([])
    expect([messages.length, enums.length]).toEqual([124, 29])
  })

  it('explain every field', () => {
    expect(fields.filter((field) => field.comment.length < 5).map((field) => field.path)).toEqual(
      [],
    )
    expect(fields).toHaveLength(587)
  })

  it('explain every enum value', () => {
    const values = enums.flatMap((item) =>
      Object.keys(item.values).map((name) => [`${item.name}.${name}`, item.comments[name] ?? '']),
    )
    expect(values.filter(([, comment = '']) => comment.length < 4)).toEqual([])
    expect(values).toHaveLength(290)
  })

  it('name the unit of every number that has one', () => {
    const silent: string[] = []
    for (const field of fields.filter((item) => item.isNumber)) {
      const rule = units.find(([name]) => name.test(field.path))
      if (rule === undefined) silent.push(`${field.path}: no rule says which unit belongs here`)
      else if (rule[1]?.test(field.comment.replaceAll('\n', ' ')) === false) {
        silent.push(`${field.path}: "${field.comment}" lacks ${rule[1]}`)
      }
    }
    expect(silent).toEqual([])
  })

  it('mark what was withdrawn from the protocol', () => {
    const payloadTypes = root.lookupEnum('ProtoOAPayloadType')
    for (let number = 2189; number <= 2193; number++) {
      const name = payloadTypes.valuesById[number] ?? ''
      expect(payloadTypes.comments[name], name).toMatch(/^Withdrawn/)
    }
    const marked = messages.filter((message) => message.comment?.startsWith('Withdrawn'))
    expect(marked).toHaveLength(5)
  })

  it('reach the generated types, where no item stands without one', () => {
    for (const file of ['messages.ts', 'enums.ts']) {
      const path = new URL(`../../src/protocol/generated/${file}`, import.meta.url)
      const lines = readFileSync(path, 'utf8').split('\n')
      const bare = lines.filter(
        (line, index) =>
          /^(export (interface|const|type) | {2}readonly \w+\??: | {2}[A-Z]\w+: \d+,$)/.test(
            line,
          ) &&
          !/\*\/$/.test(lines[index - 1] ?? '') &&
          // Rows of the two tables at the end.
          !/^ {2}Proto\w+: \d+,$/.test(line),
      )
      expect(bare, file).toEqual([])
    }
  })
})
