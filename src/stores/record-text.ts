import { decodeTokenRecord, encodeTokenRecord } from '../oauth/store/token-record.ts'
import { formatGrantKey, type GrantKey, type TokenRecord } from '../oauth/store/token-store.ts'
import { TokenStoreCorruptError } from '../oauth/store/token-store-errors.ts'
import { parseSealedText, type Seal } from './sealing.ts'

/** What a stored text says, and whether the next write would put it in another form. */
export interface StoredText {
  readonly record: TokenRecord
  /** In the clear although there is a key, or sealed with an earlier key. */
  readonly isOutdated: boolean
}

/** The form of a sealed record; records in the clear have version 1. */
const sealedVersion = 2

/** The record as a store keeps it: sealed if there is a seal. */
export async function writeRecordText(
  record: TokenRecord,
  seal: Seal | undefined,
): Promise<string> {
  const plain = encodeTokenRecord(record)
  if (seal === undefined) return plain
  const { key, generation } = record
  const header = { version: sealedVersion, key: { ...key }, generation }
  const sealed = await seal.close(plain, contextOf(key, generation))
  return `${JSON.stringify({ ...header, ...sealed })}\n`
}

/**
 * Reads what {@link writeRecordText} gave. With a key, the record must be of that grant.
 *
 * @throws TokenStoreCorruptError
 */
export async function readRecordText(
  text: string,
  location: string,
  seal: Seal | undefined,
  key?: GrantKey,
): Promise<StoredText> {
  const members = parseMembers(text)
  if (members?.['version'] !== sealedVersion) {
    return { record: decodeTokenRecord(text, location, key), isOutdated: seal !== undefined }
  }
  const sealed = parseSealedText(members)
  const { generation } = members
  if (sealed === undefined || !Number.isSafeInteger(generation)) {
    throw new TokenStoreCorruptError('invalid-fields', location)
  }
  const owner = key ?? ownerOf(members['key'], location)
  const opened = await seal?.open(sealed, contextOf(owner, generation as number))
  if (opened === undefined) throw new TokenStoreCorruptError('undecryptable', location)
  const record = decodeTokenRecord(opened.text, location, owner)
  if (record.generation !== generation) throw new TokenStoreCorruptError('invalid-fields', location)
  return { record, isOutdated: !opened.isCurrent }
}

/** Binds a sealed record to its place and its turn, so that an older one cannot be passed off as another. */
function contextOf(key: GrantKey, generation: number): string {
  return `${formatGrantKey(key)} ${generation}`
}

function ownerOf(value: unknown, location: string): GrantKey {
  const { issuer, clientId, profile, userId } = (value ?? {}) as Record<string, unknown>
  try {
    const key = { issuer, clientId, profile, userId } as GrantKey
    formatGrantKey(key)
    return key
  } catch {
    throw new TokenStoreCorruptError('invalid-fields', location)
  }
}

function parseMembers(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
