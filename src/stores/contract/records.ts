import { encodeTokenRecord } from '../../oauth/store/token-record.ts'
import type { GrantKey, TokenRecord } from '../../oauth/store/token-store.ts'
import { createTokenSet } from '../../oauth/tokens/token-set.ts'
import { Secret } from '../../secret.ts'

export const grantA: GrantKey = { clientId: '7_contract', profile: 'a' }
export const grantB: GrantKey = {
  issuer: 'https://id.example',
  clientId: '7_contract/ü "x"',
  userId: 42,
}

/** A record with tokens that tell its generation. */
export function makeRecord(key: GrantKey, generation: number): TokenRecord {
  return {
    key,
    generation,
    tokens: createTokenSet({
      accessToken: `contract-access-${generation}`,
      refreshToken: `contract-refresh-${generation}`,
      scope: 'trading',
      obtainedAt: 1_700_000_000_000 + generation,
      expiresAt: 1_702_628_000_000 + generation,
    }),
    userId: 42,
    status: 'live',
    intent: undefined,
  }
}

/** The same with every kind of note on it. */
export function withEveryNote(record: TokenRecord): TokenRecord {
  return {
    ...record,
    status: 'dead',
    intent: {
      startedAt: 1_700_000_000_500,
      refreshTokenDigest: 'ab'.repeat(32),
      owner: 'host:12',
      replays: 1,
      answer: {
        status: 200,
        contentType: 'application/json; charset=utf-8',
        redirectHost: undefined,
        retryAfter: '3',
        sentAt: 1_700_000_000_400,
        bytes: 44,
        tooBig: false,
        body: new Secret('{"accessToken":"contract-\\u00fc \\"x\\" \u2028 \u{1f511}"}'),
      },
    },
  }
}

/** Everything in a record, tokens included, as a text to compare. */
export function textOf(record: TokenRecord | undefined): string {
  return record === undefined ? 'nothing' : encodeTokenRecord(record)
}
