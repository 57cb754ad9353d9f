import type { GrantKey, TokenRecord } from '../oauth/store/token-store.ts'
import { TokenStoreCorruptError } from '../oauth/store/token-store-errors.ts'
import { keepAside, readPrivateFile, replacePrivateFile } from './private-file.ts'
import { readRecordText, type StoredText, writeRecordText } from './record-text.ts'
import type { Seal } from './sealing.ts'

/**
 * Reads the record in a file; undefined when there is no file. Damage is copied aside and thrown.
 *
 * @throws TokenStoreCorruptError
 */
export async function readRecordFile(
  file: string,
  seal: Seal | undefined,
  key?: GrantKey,
): Promise<StoredText | undefined> {
  const text = await readPrivateFile(file)
  if (text === undefined) return undefined
  try {
    return await readRecordText(text, file, seal, key)
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
  const text = await writeRecordText(record, seal)
  if (seal === undefined) return replacePrivateFile(file, text)
  await replacePrivateFile(file, text, async (temporary) => {
    const written = await readPrivateFile(temporary)
    await readRecordText(written ?? '', temporary, seal, record.key)
  })
}
