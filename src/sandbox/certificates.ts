import { createPrivateKey, type KeyObject, randomBytes, X509Certificate } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { systemClock } from '../async/clock.ts'
import { CTraderError } from '../errors.ts'
import { makeDirectory } from './make-directory.ts'
import { type Issuer, issueServerCertificate, makeIssuer, newKey } from './x509.ts'

const day = 86_400_000

/** The certificate authority kept in a directory cannot be used, or none could be kept there. */
export class CertificateAuthorityError extends CTraderError {
  constructor(summary: string, dir: string, cause?: unknown) {
    super('SANDBOX_CA_UNUSABLE', summary, {
      facts: { dir },
      remedy: `Name a directory you may write to, or delete ${caName} and ${keyName} from it so that a new authority is made there (clients must then be given the new ${caName}).`,
      cause,
    })
  }
}

export interface AuthorityOptions {
  /** Where the authority's certificate (`ca.pem`) and key (`ca-key.pem`, mode 0600) are kept and looked for. */
  readonly dir?: string | undefined
  /** The moment of making, milliseconds since 1970. Real time whatever the sandbox's clock says: others verify it. */
  readonly now?: number
}

/** What a TLS server on this machine needs, and what its clients must trust. All in PEM. */
export interface Authority {
  /** The authority's certificate: the one thing a client must be told to trust. */
  readonly caPem: string
  /** The server's private key; new at every start and never written down. */
  readonly key: string
  /** The server's certificate, for 127.0.0.1, ::1 and localhost. */
  readonly cert: string
  /** The absolute path of the file that holds `caPem`; undefined unless a directory was named. */
  readonly caFile: string | undefined
}

const caName = 'ca.pem'
const keyName = 'ca-key.pem'

/**
 * Makes a certificate authority and a server certificate signed by it (ECDSA P-256), or, where `dir` holds an authority
 * already, only the latter. Without `dir` nothing touches the disk.
 *
 * @throws CertificateAuthorityError when `dir` holds an authority that is damaged, expired, not one, or whose key is
 * another's, and when `dir` cannot be written.
 */
export async function createAuthority(options: AuthorityOptions = {}): Promise<Authority> {
  const now = options.now ?? systemClock.now()
  const { dir } = options
  const issuer = dir === undefined ? makeIssuer(await newKey(), now) : await keptIssuer(dir, now)
  const key = await newKey()
  const cert = issueServerCertificate(issuer, key, now)
  if (dir !== undefined && !cert.checkIssued(issuer.certificate)) {
    throw new CertificateAuthorityError(`${caName} in "${dir}" cannot sign for this server.`, dir)
  }
  return {
    caPem: issuer.certificate.toString(),
    key: pem(key),
    cert: cert.toString(),
    caFile: dir === undefined ? undefined : resolve(dir, caName),
  }
}

/** A file made for the time being. */
export interface TemporaryFile {
  readonly path: string
  /** Removes it. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Writes an authority's certificate where clients that want a file can read it; `close()` removes it again. */
export async function writeCaFile(caPem: string): Promise<TemporaryFile> {
  const dir = await mkdtemp(join(tmpdir(), 'ctrader-sandbox-'))
  const path = join(dir, caName)
  const close = (): Promise<void> => rm(dir, { recursive: true, force: true })
  try {
    await writeFile(path, caPem, { mode: 0o644 })
  } catch (error) {
    await close()
    throw error
  }
  return { path, close, [Symbol.asyncDispose]: close }
}

async function keptIssuer(dir: string, now: number): Promise<Issuer> {
  try {
    await makeDirectory(dir)
    const certificateText = await readIfThere(join(dir, caName))
    let keyText = await readIfThere(join(dir, keyName))
    if (keyText === undefined && certificateText !== undefined) {
      throw new CertificateAuthorityError(`"${dir}" holds ${caName} without its ${keyName}.`, dir)
    }
    keyText ??= await keep(join(dir, keyName), pem(await newKey()))
    const key = readKey(keyText, dir)
    // Everything that identifies the authority follows from the key, so a certificate lost halfway can be made again.
    const kept =
      certificateText ??
      (await keep(join(dir, caName), makeIssuer(key, now).certificate.toString()))
    return checkedIssuer(kept, key, dir, now)
  } catch (error) {
    if (error instanceof CertificateAuthorityError) throw error
    throw new CertificateAuthorityError(
      `No certificate authority can be kept in "${dir}".`,
      dir,
      error,
    )
  }
}

function readKey(text: string, dir: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(text)
  } catch {
    // The parser's own message may quote the file.
    throw new CertificateAuthorityError(`${keyName} in "${dir}" is not a private key in PEM.`, dir)
  }
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new CertificateAuthorityError(`${keyName} in "${dir}" is not an ECDSA P-256 key.`, dir)
  }
  return key
}

function checkedIssuer(text: string, key: KeyObject, dir: string, now: number): Issuer {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(text)
  } catch (error) {
    throw new CertificateAuthorityError(
      `${caName} in "${dir}" is not a certificate in PEM.`,
      dir,
      error,
    )
  }
  const found = !certificate.ca
    ? 'is not the certificate of an authority'
    : !certificate.checkPrivateKey(key)
      ? `does not belong to the ${keyName} beside it`
      : Date.parse(certificate.validTo) < now + day
        ? `expires on ${certificate.validTo}`
        : Date.parse(certificate.validFrom) > now
          ? `is not valid before ${certificate.validFrom}`
          : undefined
  if (found !== undefined)
    throw new CertificateAuthorityError(`${caName} in "${dir}" ${found}.`, dir)
  return { certificate, key }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Puts a whole file in place unless there is one already, and returns what is there: rivals end up with the same. */
async function keep(path: string, text: string): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, text, { mode: path.endsWith(keyName) ? 0o600 : 0o644, flag: 'wx' })
  try {
    await link(draft, path).catch(async (error: unknown) => {
      if (isErrno(error, 'EEXIST')) return
      // No hard links on this file system.
      await copyFile(draft, path, constants.COPYFILE_EXCL).catch((second: unknown) => {
        if (!isErrno(second, 'EEXIST')) throw second
      })
    })
    return await readFile(path, 'utf8')
  } finally {
    await rm(draft, { force: true })
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
