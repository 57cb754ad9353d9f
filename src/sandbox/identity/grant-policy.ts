import { InvalidArgumentError } from '../../errors.ts'

/** How long codes and tokens live, and what ends them. Seconds are on the sandbox's clock. */
export interface GrantPolicy {
  /**
   * Lifetime of an access token; 2,628,000 is what the documentation says (30 days and 10 hours).
   * @defaultValue 2_628_000
   */
  readonly tokenLifetimeSeconds: number
  /**
   * Lifetime of an authorization code; the documentation says one minute.
   * @defaultValue 60
   */
  readonly codeLifetimeSeconds: number
  /**
   * Whether a new consent ends the older grants of the same person to the same application: all of them, only their
   * refresh tokens, or nothing. The original's FAQ says that the refresh token ends, one experiment of 2026 found that
   * nothing does, and what becomes of the access token nobody wrote down; the default is the harshest.
   * @defaultValue true
   */
  readonly reconsentInvalidates: boolean | 'refresh-token'
  /**
   * Whether using a code again ends the tokens it gave (RFC 6749, section 4.1.2, advises it). Not known of the original.
   * @defaultValue true
   */
  readonly codeReplayRevokes: boolean
  /**
   * Whether a spent refresh token that comes again ends the living grant (RFC 9700, section 4.14.2, advises it). Users
   * of the original saw the living pair go on.
   * @defaultValue false
   */
  readonly refreshReplayRevokes: boolean
  /**
   * How long a spent refresh token still gets the pair it was spent for, so that a lost answer can be asked for again.
   * No such grace is documented.
   * @defaultValue 0
   */
  readonly refreshGraceSeconds: number
  /**
   * Whether a refresh gives a new refresh token, the same one, or, over HTTPS, an answer without any, the old one staying
   * good. The original gives a new one.
   * @defaultValue 'new'
   */
  readonly refreshRotation: 'new' | 'same' | 'omit'
  /**
   * How long the access token before a refresh can still be used. The documentation says that it ends at once.
   * @defaultValue 0
   */
  readonly oldAccessTokenSeconds: number
}

export const defaultGrantPolicy: GrantPolicy = {
  tokenLifetimeSeconds: 2_628_000,
  codeLifetimeSeconds: 60,
  reconsentInvalidates: true,
  codeReplayRevokes: true,
  refreshReplayRevokes: false,
  refreshGraceSeconds: 0,
  refreshRotation: 'new',
  oldAccessTokenSeconds: 0,
}

/**
 * Checks the numbers of a policy.
 *
 * @throws InvalidArgumentError that names the one that is not usable
 */
export function checkGrantPolicy(policy: GrantPolicy): void {
  const { tokenLifetimeSeconds, codeLifetimeSeconds, refreshGraceSeconds } = policy
  const { oldAccessTokenSeconds } = policy
  const lifetimes = { tokenLifetimeSeconds, codeLifetimeSeconds }
  for (const [name, value] of Object.entries(lifetimes)) {
    if (!(Number.isSafeInteger(value) && value > 0)) throw wrong(name, value, 'positive')
  }
  for (const [name, value] of Object.entries({ refreshGraceSeconds, oldAccessTokenSeconds })) {
    if (!(Number.isSafeInteger(value) && value >= 0)) throw wrong(name, value, 'not negative')
  }
}

function wrong(name: string, value: unknown, sort: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `${name} must be a whole number of seconds, ${sort}, not ${String(value)}.`,
    { facts: { option: name, value: String(value) } },
  )
}
