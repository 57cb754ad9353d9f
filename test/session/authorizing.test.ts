// What whoever authorises an account is told when nothing comes of it.
import { describe, expect, test } from 'vitest'
import { deferred } from '../../src/async/deferred.ts'
import { failure, open, startPeer, until } from './fixture.ts'
import { friendly, refuse } from './friendly-peer.ts'

const slow = { firstDelayMs: 60_000, maxDelayMs: 60_000 }

describe('authorising an account', () => {
  test('that was asked for and not answered in time: unknown, under the id the server saw', async () => {
    const peer = await startPeer({
      onMessage: friendly(({ name }) => name === 'ProtoOAAccountAuthReq'),
    })
    const session = await open(peer)
    const error = failure(session.authorizeAccount(7, 'access-tok3n', { timeoutMs: 300 }))
    const { clientMsgId } = await (await peer.connection()).next('ProtoOAAccountAuthReq')
    expect(clientMsgId).toMatch(/./)
    expect(await error).toMatchObject({
      ...{ code: 'REQUEST_TIMEOUT', request: 'accountAuth', accountId: 7 },
      ...{ outcome: 'unknown', clientMsgId },
    })
  })

  test('travels under the id its caller gives', async () => {
    const peer = await startPeer()
    const session = await open(peer)
    await session.authorizeAccount(7, 'access-tok3n', { clientMsgId: 'mine' })
    const connection = await peer.connection()
    expect(await connection.next('ProtoOAAccountAuthReq')).toMatchObject({ clientMsgId: 'mine' })
  })

  test('that was refused: refused, with the id', async () => {
    const peer = await startPeer({
      onMessage: friendly(
        (message, connection) =>
          message.name === 'ProtoOAAccountAuthReq' &&
          refuse(connection, message, 'CH_CTID_TRADER_ACCOUNT_NOT_FOUND'),
      ),
    })
    const session = await open(peer)
    const options = { clientMsgId: 'mine' }
    expect(await failure(session.authorizeAccount(7, 'access-tok3n', options))).toMatchObject({
      ...{ code: 'REQUEST_REFUSED', outcome: 'refused', clientMsgId: 'mine' },
    })
  })

  test('without a link: not sent, with an id all the same', async () => {
    const peer = await startPeer()
    const session = await open(peer, { reconnect: slow })
    await peer.close()
    await until(session, 'waiting')
    const options = { timeoutMs: 20 }
    const error = await failure(session.authorizeAccount(7, 'access-tok3n', options))
    expect(error).toMatchObject({ code: 'REQUEST_TIMEOUT', outcome: 'not-sent' })
    expect(error).toHaveProperty('clientMsgId', expect.stringMatching(/./))
    const stop = AbortSignal.abort(new Error('enough'))
    expect(
      await failure(session.authorizeAccount(7, 'access-tok3n', { signal: stop })),
    ).toMatchObject({ code: 'REQUEST_ABORTED', outcome: 'not-sent' })
  })

  test('when its link goes before the answer, and does not come back in time: unknown', async () => {
    const asked = deferred<string | undefined>()
    const peer = await startPeer({
      onMessage: friendly(({ name, clientMsgId }, connection) => {
        if (name !== 'ProtoOAAccountAuthReq') return false
        asked.resolve(clientMsgId)
        connection.reset()
        void peer.close()
        return true
      }),
    })
    const session = await open(peer, { reconnect: slow })
    const error = failure(session.authorizeAccount(7, 'access-tok3n', { timeoutMs: 500 }))
    expect(await error).toMatchObject({
      ...{ code: 'REQUEST_TIMEOUT', outcome: 'unknown', clientMsgId: await asked.promise },
    })
  })

  test('when the session is closed meanwhile, or was before: lost, and how far it came', async () => {
    const peer = await startPeer({
      onMessage: friendly(({ name }) => name === 'ProtoOAAccountAuthReq'),
    })
    const session = await open(peer)
    const error = failure(session.authorizeAccount(7, 'access-tok3n'))
    const { clientMsgId } = await (await peer.connection()).next('ProtoOAAccountAuthReq')
    await session.close({ drainMs: 0 })
    expect(await error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown', clientMsgId })
    expect(await failure(session.authorizeAccount(8, 'access-tok3n'))).toMatchObject({
      ...{ code: 'CONNECTION_LOST', outcome: 'not-sent', cause: { code: 'SESSION_CLOSED' } },
    })
  })
})
