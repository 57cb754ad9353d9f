import { decodeTokenRecord, encodeTokenRecord } from '../oauth/token-record.ts'
import { formatGrantKey, type GrantKey, type TokenRecord } from '../oauth/token-store.ts'
import { TokenStoreCorruptError } from '../oauth/token-store-errors.ts'
import { keepAside, readPrivateFile, replacePrivateFile } from './private-file.ts'
import { parseSealedText, type Seal } from './sealing.ts'

/** What stands in a file, and whether the next write would put it in another form. */
export interface RecordFile {
  readonly record: TokenRecord
  /** In the clear although there is a key, or sealed with an earlier key. */
  readonly isOutdated: boolean
}

/** The form of a sealed file; records in the clear have version 1. */
const sealedVersion = 2

/**
 * Reads the record in a file; undefined when there is no file. Damage is copied aside and thrown.
 *
 * @throws TokenStoreCorruptError
 */
export async function readRecordFile(
  file: string,
  seal: Seal | undefined,
  key?: GrantKey,
): Promise<RecordFile | undefined> {
  const text = await readPrivateFile(file)
  if (text === undefined) return undefined
  try {
    return await parseRecordFile(text, file, seal, key)
  } catch (error) {
    if (error instanceof TokenStoreCorruptError) await keepAside(file)
    throw error
  }
}

/** Writes the record, sealed if there is a seal. A sealed file is opened again before it replaces the old one. */
export async function writeRecordFile(
  file: string,
  record: TokenRecord,
  seal: Seal | undefined,
): Promise<void> {
  const plain = encodeTokenRecord(record)
  if (seal === undefined) return replacePrivateFile(file, plain)
  const { key, generation } = record
  const header = { version: sealedVersion, key: { ...key }, generation }
  const sealed = await seal.close(plain, contextOf(record.key, generation))
  await replacePrivateFile(
    file,
    `${JSON.stringify({ ...header, ...sealed })}\n`,
    async (temporary) => {
      const written = await readPrivateFile(temporary)
      await parseRecordFile(written ?? '', temporary, seal, record.key)
    },
  )
}

async function parseRecordFile(
  text: string,
  file: string,
  seal: Seal | undefined,
  key: GrantKey | undefined,
): Promise<RecordFile> {
  const members = parseMembers(text)
  if (members?.['version'] !== sealedVersion) {
    return { record: decodeTokenRecord(text, file, key), isOutdated: seal !== undefined }
  }
  const sealed = parseSealedText(members)
  const { generation } = members
  if (sealed === undefined || !Number.isSafeInteger(generation)) {
    throw new TokenStoreCorruptError('invalid-fields', file)
  }
  const owner = key ?? ownerOf(members['key'], file)
  const opened = await seal?.open(sealed, contextOf(owner, generation as number))
  if (opened === undefined) throw new TokenStoreCorruptError('undecryptable', file)
  const record = decodeTokenRecord(opened.text, file, owner)
  if (record.generation !== generation) throw new TokenStoreCorruptError('invalid-fields', file)
  return { record, isOutdated: !opened.isCurrent }
}

/** Binds a sealed record to its place and its turn, so that an older file cannot be passed off as another. */
function contextOf(key: GrantKey, generation: number): string {
  return `${formatGrantKey(key)} ${generation}`
}

function ownerOf(value: unknown, file: string): GrantKey {
  const { issuer, clientId, profile, userId } = (value ?? {}) as Record<string, unknown>
  try {
    const key = { issuer, clientId, profile, userId } as GrantKey
    formatGrantKey(key)
    return key
  } catch {
    throw new TokenStoreCorruptError('invalid-fields', file)
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
