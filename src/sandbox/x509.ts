import {
  createHash,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { promisify } from 'node:util'
import * as der from './der.ts'

const day = 86_400_000
const caLifetime = 3650 * day
// Some verifiers refuse server certificates that live longer than 398 days.
const serverLifetime = 397 * day
// Clocks of containers and virtual machines run a little behind.
const allowance = 3_600_000

const oid = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const

const makeKeys = promisify(generateKeyPair)

/** Who signs certificates. */
export interface Issuer {
  readonly certificate: X509Certificate
  readonly key: KeyObject
}

/** A new key pair on the curve P-256. */
export async function newKey(): Promise<KeyObject> {
  const { privateKey } = await makeKeys('ec', { namedCurve: 'P-256' })
  return privateKey
}

/** A certificate authority that vouches for itself, and for servers but for no other authorities. */
export function makeIssuer(key: KeyObject, now: number): Issuer {
  const keyId = keyIdentifier(key)
  const name = distinguishedName(`cTrader sandbox CA ${keyId.toString('hex', 0, 4)}`)
  const certificate = certify({
    issuerKey: key,
    issuer: name,
    subject: name,
    subjectKey: key,
    notBefore: now - allowance,
    notAfter: now + caLifetime,
    extensions: [
      extension(oid.basicConstraints, der.sequence(der.yes, der.integer(Buffer.from([0]))), true),
      extension(oid.keyUsage, der.flags(5, 6), true), // keyCertSign, cRLSign
      extension(oid.subjectKeyIdentifier, der.octets(keyId)),
      extension(oid.authorityKeyIdentifier, der.sequence(der.choice(0, keyId))),
    ],
  })
  return { certificate, key }
}

/** A certificate for a TLS server on this machine, by whichever of its names it is called. */
export function issueServerCertificate(
  issuer: Issuer,
  key: KeyObject,
  now: number,
): X509Certificate {
  return certify({
    issuerKey: issuer.key,
    issuer: subjectOf(issuer.certificate),
    subject: distinguishedName('localhost'),
    subjectKey: key,
    notBefore: Math.max(now - allowance, Date.parse(issuer.certificate.validFrom)),
    notAfter: Math.min(now + serverLifetime, Date.parse(issuer.certificate.validTo)),
    extensions: [
      extension(oid.basicConstraints, der.sequence(), true),
      extension(oid.keyUsage, der.flags(0), true), // digitalSignature
      extension(oid.extendedKeyUsage, der.sequence(der.identifier(oid.serverAuth))),
      extension(
        oid.subjectAlternativeName,
        der.sequence(
          der.choice(2, Buffer.from('localhost', 'latin1')),
          der.choice(7, Buffer.from([127, 0, 0, 1])),
          der.choice(7, Buffer.from('00000000000000000000000000000001', 'hex')),
        ),
      ),
      extension(oid.subjectKeyIdentifier, der.octets(keyIdentifier(key))),
      extension(oid.authorityKeyIdentifier, der.sequence(der.choice(0, keyIdentifier(issuer.key)))),
    ],
  })
}

interface CertificateContent {
  readonly issuerKey: KeyObject
  readonly issuer: Buffer
  readonly subject: Buffer
  readonly subjectKey: KeyObject
  readonly notBefore: number
  readonly notAfter: number
  readonly extensions: readonly Buffer[]
}

/** RFC 5280, section 4.1. */
function certify(content: CertificateContent): X509Certificate {
  const algorithm = der.sequence(der.identifier(oid.ecdsaWithSha256))
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = der.sequence(
    der.tagged(0, der.integer(Buffer.from([2]))), // version 3
    der.integer(serial),
    algorithm,
    content.issuer,
    der.sequence(der.time(content.notBefore), der.time(content.notAfter)),
    content.subject,
    publicKeyInfo(content.subjectKey),
    der.tagged(3, der.sequence(...content.extensions)),
  )
  const signature = sign('sha256', body, content.issuerKey)
  return new X509Certificate(der.sequence(body, algorithm, der.bits(signature)))
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  const parts = critical ? [der.identifier(id), der.yes] : [der.identifier(id)]
  return der.sequence(...parts, der.octets(value))
}

function distinguishedName(commonName: string): Buffer {
  const part = (id: string, text: string): Buffer =>
    der.set(der.sequence(der.identifier(id), der.utf8(text)))
  return der.sequence(part(oid.organization, 'cTrader sandbox'), part(oid.commonName, commonName))
}

function publicKeyInfo(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' })
}

/** The usual identifier, which other tools give too: SHA-1 of the public key's bits (RFC 5280, section 4.2.1.2). */
function keyIdentifier(key: KeyObject): Buffer {
  const point = publicKeyInfo(key).subarray(-65)
  return createHash('sha1').update(point).digest()
}

function subjectOf(certificate: X509Certificate): Buffer {
  const body = der.children(certificate.raw)[0]
  // version, serial number, algorithm, issuer, validity, subject
  const subject = body === undefined ? undefined : der.children(body)[5]
  if (subject === undefined) throw new RangeError('The certificate has no subject.')
  return subject
}
