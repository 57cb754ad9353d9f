import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Authority,
  CertificateAuthorityError,
  createAuthority,
  writeCaFile,
} from './certificates.ts'

const run = promisify(execFile)
const day = 86_400_000
const now = Date.parse('2026-03-01T00:00:00Z')

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'certificates-test-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

function fresh(): Promise<string> {
  return mkdtemp(join(root, 'dir-'))
}

/** Serves TLS with the pair and connects to it the way a careful client does. */
async function handshake(authority: Authority, host: string, servername?: string): Promise<string> {
  const server = createServer({ key: authority.key, cert: authority.cert }, (socket) =>
    socket.end('ok'),
  )
  await new Promise<void>((resolve) =>
    server.listen(0, host === '::1' ? '::1' : '127.0.0.1', resolve),
  )
  const { port } = server.address() as AddressInfo
  try {
    return await new Promise<string>((resolve, reject) => {
      const socket = connect({
        host,
        port,
        ca: authority.caPem,
        minVersion: 'TLSv1.2',
        rejectUnauthorized: true,
        ...(servername === undefined ? {} : { servername }),
      })
      socket.once('error', reject)
      socket.once('data', (data) => resolve(data.toString()))
      socket.once('close', () => reject(new Error('closed without an answer')))
    })
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

describe('certificates', () => {
  test('openssl accepts the pair under its strictest rules', async () => {
    const authority = await createAuthority()
    const dir = await fresh()
    await writeFile(join(dir, 'ca.pem'), authority.caPem)
    await writeFile(join(dir, 'server.pem'), authority.cert)
    for (const name of [
      ['-verify_ip', '127.0.0.1'],
      ['-verify_ip', '::1'],
      ['-verify_hostname', 'localhost'],
    ]) {
      const { stdout } = await run('openssl', [
        'verify',
        '-x509_strict',
        '-check_ss_sig',
        '-purpose',
        'sslserver',
        ...name,
        '-CAfile',
        join(dir, 'ca.pem'),
        join(dir, 'server.pem'),
      ])
      expect(stdout).toContain('server.pem: OK')
    }
  })

  test('the certificates say what strict clients look for', async () => {
    const authority = await createAuthority({ now })
    const dir = await fresh()
    await writeFile(join(dir, 'ca.pem'), authority.caPem)
    await writeFile(join(dir, 'server.pem'), authority.cert)
    const text = async (file: string): Promise<string> =>
      (await run('openssl', ['x509', '-noout', '-text', '-in', join(dir, file)])).stdout
    const server = await text('server.pem')
    expect(server).toContain('Version: 3')
    expect(server).toContain('ASN1 OID: prime256v1')
    expect(server).toMatch(/Basic Constraints: critical\s+CA:FALSE/)
    expect(server).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/)
    expect(server).toMatch(/Extended Key Usage: \n?\s*TLS Web Server Authentication/)
    expect(server).toContain('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
    expect(server).toContain('X509v3 Subject Key Identifier')
    expect(server).not.toMatch(/Serial Number:\s*\(Negative\)/)
    const ca = await text('ca.pem')
    expect(ca).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
    expect(ca).toMatch(/X509v3 Key Usage: critical\s+Certificate Sign, CRL Sign\n/)
    const keyId = /Subject Key Identifier: \n?\s*([0-9A-F:]+)/.exec(ca)?.[1]
    expect(server).toContain(`Authority Key Identifier: \n                ${keyId}`)
  })

  test('the certificates are valid from shortly before now, the server for less than 398 days', async () => {
    const authority = await createAuthority({ now })
    const server = new X509Certificate(authority.cert)
    const ca = new X509Certificate(authority.caPem)
    for (const certificate of [server, ca]) {
      expect(now - Date.parse(certificate.validFrom)).toBe(3_600_000)
      expect(Date.parse(certificate.validTo)).toBeGreaterThan(now + 300 * day)
      expect(BigInt(`0x${certificate.serialNumber}`)).toBeGreaterThan(0n)
    }
    expect(Date.parse(server.validTo)).toBeLessThan(now + 398 * day)
    expect(server.serialNumber).not.toBe(ca.serialNumber)
  })

  test('years after 2049 are written so that others read them', async () => {
    const authority = await createAuthority({ now: Date.parse('2049-06-01T00:00:00Z') })
    expect(new X509Certificate(authority.caPem).validTo).toMatch(/2059 GMT$/)
    expect(new X509Certificate(authority.cert).validTo).toMatch(/2050 GMT$/)
  })

  test('a client that verifies strictly gets through to 127.0.0.1, ::1 and localhost', async () => {
    const authority = await createAuthority()
    expect(await handshake(authority, '127.0.0.1')).toBe('ok')
    expect(await handshake(authority, 'localhost')).toBe('ok')
    expect(await handshake(authority, '::1')).toBe('ok')
  })

  test('a client that expects another name or trusts another authority is turned away', async () => {
    const authority = await createAuthority()
    await expect(handshake(authority, '127.0.0.1', 'example.com')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
    const other = await createAuthority()
    await expect(
      handshake({ ...authority, caPem: other.caPem }, '127.0.0.1'),
    ).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    })
  })

  test('a pair takes less than 60 ms to make', async () => {
    await createAuthority()
    // The time of this program alone: what else the machine is busy with must not count.
    const before = process.cpuUsage()
    for (let round = 0; round < 5; round++) await createAuthority()
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000 / 5).toBeLessThan(60)
  })

  describe('in a directory', () => {
    test('the authority is kept and reused, the server key is not', async () => {
      const dir = join(await fresh(), 'deep', 'down')
      const first = await createAuthority({ dir })
      const second = await createAuthority({ dir })
      expect(second.caPem).toBe(first.caPem)
      expect(second.key).not.toBe(first.key)
      expect(second.caFile).toBe(join(dir, 'ca.pem'))
      expect(await handshake({ ...second, caPem: first.caPem }, '127.0.0.1')).toBe('ok')
      expect((await readdir(dir)).sort()).toEqual(['ca-key.pem', 'ca.pem'])
      expect((await stat(join(dir, 'ca-key.pem'))).mode & 0o777).toBe(0o600)
    })

    test('two that start at once agree on one authority', async () => {
      const dir = await fresh()
      const made = await Promise.all(Array.from({ length: 8 }, () => createAuthority({ dir })))
      expect(new Set(made.map((authority) => authority.caPem)).size).toBe(1)
      for (const authority of made) {
        const ca = new X509Certificate(authority.caPem)
        expect(new X509Certificate(authority.cert).verify(ca.publicKey)).toBe(true)
      }
      expect((await readdir(dir)).sort()).toEqual(['ca-key.pem', 'ca.pem'])
    })

    test('a certificate lost before it was written is made again from the key', async () => {
      const dir = await fresh()
      await createAuthority({ dir })
      await rm(join(dir, 'ca.pem'))
      expect(await handshake(await createAuthority({ dir }), '127.0.0.1')).toBe('ok')
    })

    test('an authority made by openssl is usable', async () => {
      const dir = await fresh()
      await run('openssl', [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-days', '365', '-subj', '/C=CY/O=Example Ltd/CN=Example root'],
        ...['-keyout', join(dir, 'ca-key.pem'), '-out', join(dir, 'ca.pem')],
      ])
      expect(await handshake(await createAuthority({ dir }), 'localhost')).toBe('ok')
    })

    const damage: readonly [string, RegExp, (dir: string) => Promise<unknown>][] = [
      [
        'a certificate that is none',
        /not a certificate/,
        (dir) => writeFile(join(dir, 'ca.pem'), 'x'),
      ],
      ['a key that is none', /not a private key/, (dir) => writeFile(join(dir, 'ca-key.pem'), 'x')],
      ['an empty certificate', /not a certificate/, (dir) => writeFile(join(dir, 'ca.pem'), '')],
      ['a lost key', /without its ca-key\.pem/, (dir) => rm(join(dir, 'ca-key.pem'))],
      [
        'the key of another authority',
        /does not belong/,
        async (dir) => {
          const other = await fresh()
          await createAuthority({ dir: other })
          await writeFile(join(dir, 'ca-key.pem'), await readFile(join(other, 'ca-key.pem')))
        },
      ],
      [
        'a key of another kind',
        /not an ECDSA P-256 key/,
        (dir) =>
          run('openssl', ['genpkey', '-algorithm', 'ED25519', '-out', join(dir, 'ca-key.pem')]),
      ],
      [
        'a server certificate in place of the authority',
        /not the certificate of an authority/,
        async (dir) => {
          const authority = await createAuthority({ dir })
          await writeFile(join(dir, 'ca.pem'), authority.cert)
          await writeFile(join(dir, 'ca-key.pem'), authority.key)
        },
      ],
    ]
    test.each(damage)('%s is refused with advice', async (_name, message, harm) => {
      const dir = await fresh()
      await createAuthority({ dir })
      await harm(dir)
      const failure = await createAuthority({ dir }).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(CertificateAuthorityError)
      expect(failure).toMatchObject({ code: 'SANDBOX_CA_UNUSABLE', facts: { dir } })
      expect(String(failure)).toMatch(message)
      expect(String(failure)).toMatch(/delete ca\.pem and ca-key\.pem/)
    })

    test.runIf(process.platform === 'linux')(
      'a place where nothing can be made is refused',
      async () => {
        const failure = await createAuthority({ dir: '/proc/nowhere/deeper' }).catch(
          (error: unknown) => error,
        )
        expect(failure).toBeInstanceOf(CertificateAuthorityError)
      },
    )

    test('directories above are made, for their owner only', async () => {
      const dir = join(await fresh(), 'a', 'b')
      await createAuthority({ dir })
      expect((await stat(join(dir, '..'))).mode & 0o777).toBe(0o700)
    })

    test('an expired authority, and one from the future, are refused', async () => {
      const dir = await fresh()
      await createAuthority({ dir, now })
      await expect(createAuthority({ dir, now: now + 3650 * day })).rejects.toThrow(/expires on/)
      await expect(createAuthority({ dir, now: now - day })).rejects.toThrow(/not valid before/)
    })

    test('near its end the authority vouches for no longer than it lives', async () => {
      const dir = await fresh()
      await createAuthority({ dir, now })
      const late = await createAuthority({ dir, now: now + 3600 * day })
      expect(new X509Certificate(late.cert).validTo).toBe(new X509Certificate(late.caPem).validTo)
    })

    test('a directory that cannot be one is refused with advice', async () => {
      const file = join(await fresh(), 'file')
      await writeFile(file, '')
      await expect(createAuthority({ dir: file })).rejects.toThrow(CertificateAuthorityError)
      await expect(createAuthority({ dir: join(file, 'below') })).rejects.toThrow(/may write to/)
    })

    test.skipIf(process.getuid?.() === 0)(
      'a directory without write permission is refused',
      async () => {
        const dir = await fresh()
        await chmod(dir, 0o500)
        await expect(createAuthority({ dir })).rejects.toThrow(CertificateAuthorityError)
      },
    )
  })

  test('the file for clients holds the authority and is gone after close', async () => {
    const authority = await createAuthority()
    expect(authority.caFile).toBeUndefined()
    const file = await writeCaFile(authority.caPem)
    expect(await readFile(file.path, 'utf8')).toBe(authority.caPem)
    await file.close()
    await file.close()
    await expect(stat(join(file.path, '..'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
