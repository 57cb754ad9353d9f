import { describe, expect, test } from 'vitest'
import type { RequestName } from '../../protocol/index.ts'
import { type Refused, toOrderRejected, toRequestRefused } from './refusal.ts'

const about = (request: RequestName, secrets: readonly string[] = []): Refused => ({
  request,
  clientMsgId: 'id',
  accountId: undefined,
  secrets,
})

describe('a refusal', () => {
  test('carries what the server said as data, and a sentence', () => {
    const error = toRequestRefused(about('trendbars'), {
      errorCode: 'BLOCKED_PAYLOAD_TYPE',
      description: 'You are being rate limited.',
      retryAfter: 3,
    })
    expect(error).toMatchObject({
      serverCode: 'BLOCKED_PAYLOAD_TYPE',
      retryAfterSeconds: 3,
      facts: { outcome: 'refused', retryAfterSeconds: 3 },
    })
    expect(error.message).toBe(
      'The server refused trendbars: BLOCKED_PAYLOAD_TYPE (You are being rate limited). ' +
        'Wait 3 s before the next trendbars, and longer each time it happens again.',
    )
  })

  test.each([
    ['seconds', 1_770_000_000],
    ['milliseconds', 1_770_000_000_000],
  ])('the end of maintenance in %s is the same moment', (_unit, maintenanceEndTimestamp) => {
    const error = toRequestRefused(about('accountAuth'), {
      errorCode: 'SERVER_IS_UNDER_MAINTENANCE',
      maintenanceEndTimestamp,
    })
    expect(error.maintenanceEndsAt).toBe(1_770_000_000_000)
    expect(error.remedy).toContain('2026-02-02T02:40:00.000Z')
  })

  test.each([0, -1, Number.MAX_SAFE_INTEGER])(
    'a maintenance that ends at %s has no end that helps',
    (maintenanceEndTimestamp) => {
      const errorCode = 'SERVER_IS_UNDER_MAINTENANCE'
      const error = toRequestRefused(about('trader'), { errorCode, maintenanceEndTimestamp })
      expect(error.maintenanceEndsAt).toBeUndefined()
      expect(error.remedy).toBe('Try again in some minutes.')
    },
  )

  test('a code this release does not know is carried along', () => {
    const error = toRequestRefused(about('trader'), { errorCode: 'SOMETHING_NEW' })
    expect(error.serverCode).toBe('SOMETHING_NEW')
    expect(error.message).toContain('The server refused trader: SOMETHING_NEW.')
    expect(error.remedy).toMatch(/description/)
  })

  test('secrets that the server repeats go no further', () => {
    const error = toRequestRefused(about('accountAuth', ['tok3n']), {
      errorCode: 'CH_ACCESS_TOKEN_INVALID',
      description: 'Invalid access token tok3n (tok3n)',
    })
    expect(JSON.stringify(error)).not.toContain('tok3n')
    expect(error.description).toBe('Invalid access token [secret] ([secret])')
  })

  test.each([
    ['applicationAuth', 'CH_CLIENT_AUTH_FAILURE', 'OA client is not in active state', /approved/],
    ['applicationAuth', 'CH_CLIENT_AUTH_FAILURE', 'wrong random id', /client secret/],
    ['accountAuth', 'CANT_ROUTE_REQUEST', 'Cannot route request', /isLive/],
    ['trader', 'CANT_ROUTE_REQUEST', 'Cannot route request', /^The broker's server is down/],
    ['accountAuth', 'CH_CTID_TRADER_ACCOUNT_NOT_FOUND', '', /login number/],
    ['accountAuth', 'CH_ACCESS_TOKEN_INVALID', '', /^Refresh/],
    ['refreshToken', 'CH_ACCESS_TOKEN_INVALID', '', /consent again/],
    ['trader', 'INVALID_REQUEST', 'Trading account is not authorized', /Authorise the account/],
    ['newOrder', 'ACCOUNT_NOT_AUTHORIZED', '', /scope trading/],
    ['trader', 'CH_CLIENT_NOT_AUTHENTICATED', '', /application/],
    ['newOrder', 'TIMEOUT_ERROR', '', /positions and orders/],
    ['newOrder', 'NOT_ENOUGH_MONEY', '', /smaller volume/],
    ['newOrder', 'NO_QUOTES', '', /price has arrived/],
    ['subscribeSpots', 'ALREADY_SUBSCRIBED', '', /^Go on/],
  ] as const)(
    '%s answered by %s (%s) says what to do',
    (request, errorCode, description, advice) => {
      expect(toRequestRefused(about(request), { errorCode, description }).remedy).toMatch(advice)
    },
  )

  test('of an order names the order and the position it is about', () => {
    const error = toOrderRejected(about('cancelOrder'), {
      ctidTraderAccountId: 1,
      errorCode: 'ORDER_NOT_FOUND',
      orderId: 5,
      description: 'Order not found with id 5',
    })
    expect(error).toMatchObject({
      code: 'ORDER_REJECTED',
      orderId: 5,
      positionId: undefined,
      facts: { orderId: 5 },
    })
  })
})
