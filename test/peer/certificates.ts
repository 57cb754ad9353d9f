import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A certificate and its private key, as PEM text. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

export interface IssueOptions {
  /** Host names the certificate is for. @default localhost */
  readonly names?: readonly string[]
  /** IP version 4 addresses the certificate is for. @default 127.0.0.1 */
  readonly addresses?: readonly string[]
  /** @default an hour ago */
  readonly notBefore?: Date
  /** @default in an hour */
  readonly notAfter?: Date
}

/** A certificate authority that lives as long as a test. */
export interface Authority {
  /** Its own certificate: what a client has to trust. */
  readonly ca: string
  issue(options?: IssueOptions): KeyPair
}

const hour = 3_600_000

// As much of the distinguished encoding rules as the certificates below need.
function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => element(0x30, ...parts)
const hex = (digits: string): Buffer => Buffer.from(digits, 'hex')
const time = (date: Date): Buffer =>
  element(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\..*/g, '')}Z`))
const name = (commonName: string): Buffer =>
  sequence(element(0x31, sequence(hex('0603550403'), element(0x0c, Buffer.from(commonName)))))
const extension = (oid: string, critical: boolean, value: Uint8Array): Buffer =>
  sequence(hex(oid), ...(critical ? [hex('0101ff')] : []), element(0x04, value))

const ecdsaWithSha256 = sequence(hex('06082a8648ce3d040302'))
const keyUsage = '0603551d0f'
const extendedKeyUsage = '0603551d25'
const basicConstraints = '0603551d13'
const subjectAltName = '0603551d11'
const subjectKeyId = '0603551d0e'
const authorityKeyId = '0603551d23'
const serverAuth = sequence(hex('06082b06010505070301'))

interface Plan {
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  readonly signingKey: KeyObject
  readonly notBefore: Date
  readonly notAfter: Date
  readonly extensions: readonly Uint8Array[]
}

function certify({
  subject,
  issuer,
  publicKey,
  signingKey,
  notBefore,
  notAfter,
  extensions,
}: Plan): string {
  const serial = randomBytes(12)
  // Positive, and without a leading zero.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  const content = sequence(
    hex('a003020102'),
    element(0x02, serial),
    ecdsaWithSha256,
    name(issuer),
    sequence(time(notBefore), time(notAfter)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', content, signingKey)
  const der = sequence(content, ecdsaWithSha256, element(0x03, Buffer.from([0]), signature))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function keyIdOf(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
}

/** Makes an authority that signs certificates for the peers of a test. */
export function createAuthority(issuer = 'Test authority'): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keyId = keyIdOf(keys.publicKey)
  const ca = certify({
    subject: issuer,
    issuer,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    notBefore: new Date(Date.now() - 24 * hour),
    notAfter: new Date(Date.now() + 24 * hour),
    extensions: [
      extension(basicConstraints, true, sequence(hex('0101ff'))),
      extension(keyUsage, true, hex('03020106')),
      extension(subjectKeyId, false, element(0x04, keyId)),
    ],
  })
  return {
    ca,
    issue({ names = ['localhost'], addresses = ['127.0.0.1'], notBefore, notAfter } = {}) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const alternatives = [
        ...names.map((value) => element(0x82, Buffer.from(value))),
        ...addresses.map((value) => element(0x87, Buffer.from(value.split('.').map(Number)))),
      ]
      const cert = certify({
        subject: 'Test peer',
        issuer,
        publicKey,
        signingKey: keys.privateKey,
        notBefore: notBefore ?? new Date(Date.now() - hour),
        notAfter: notAfter ?? new Date(Date.now() + hour),
        extensions: [
          extension(basicConstraints, true, sequence()),
          extension(keyUsage, true, hex('03020780')),
          extension(extendedKeyUsage, false, serverAuth),
          extension(subjectAltName, false, sequence(...alternatives)),
          extension(authorityKeyId, false, sequence(element(0x80, keyId))),
        ],
      })
      return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
    },
  }
}
