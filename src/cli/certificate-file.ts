import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where clients find the certificate to trust. */
export interface CertificateFile {
  readonly path: string
  /** Removes it, unless it is to stay. */
  close(): Promise<void>
}

/**
 * The certificate of an authority as a file: the one in its own directory, or one for the time being.
 *
 * @param ca PEM
 */
export async function certificateFile(
  ca: string,
  caDir: string | undefined,
): Promise<CertificateFile> {
  if (caDir !== undefined) return { path: resolve(caDir, 'ca.pem'), close: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'ctrader-'))
  const path = join(folder, 'ca.pem')
  await writeFile(path, ca)
  return { path, close: () => rm(folder, { recursive: true, force: true }) }
}
