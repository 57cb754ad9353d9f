// What to do when a token has ended: refresh it, once, authorise the account again, and only then repeat the request.
// The coordinator does the first part so that no pair of tokens is lost or used twice, whoever else is at work on it.
// A client that is given the coordinator as its grant does all of it by itself; this is how it works inside.
import { connectSession } from 'ctrader-open-api'
import { createGrantCoordinator, createTokenSet, saveLogin } from 'ctrader-open-api/oauth'
import { createFileTokenStore } from 'ctrader-open-api/stores/file'
import { findSetting } from './setting.mjs'

const { sandbox, application, endpoints, environment, close } = await findSetting()
const store = createFileTokenStore({ directory: process.env.TOKENS ?? './tokens' })
const key = { clientId: application.clientId, profile: 'example' }

// On the sandbox there is a grant at hand; on the real cTrader, automatic-login.mjs has stored one.
if (sandbox !== undefined)
  await saveLogin({ store, key, tokens: createTokenSet(sandbox.issueTokens()) })

const grant = createGrantCoordinator({ store, key, application, endpoints })
const session = await connectSession({
  endpoint: environment.demo,
  application,
  ca: environment.ca,
})
try {
  let token = await grant.current()
  const { accounts } = await session.listAccounts(token.accessToken)
  const accountId = accounts.find((account) => !account.isLive).ctidTraderAccountId
  await session.authorizeAccount(accountId, token.accessToken)

  // Somebody else refreshes: the token this session was authorised with is dead from now on.
  await grant.refresh()

  const balance = async () => {
    const { trader } = await session.call.trader({ ctidTraderAccountId: accountId })
    return trader.balance
  }
  try {
    console.log(`Balance ${await balance()}`)
  } catch (error) {
    console.log(`The request was refused or lost: ${error.code}`)
    // Of all who say that this token is no good, one causes a refresh, and only if the stored one is not newer already.
    token = await grant.replace(token)
    await session.authorizeAccount(accountId, token.accessToken)
    console.log(`Balance ${await balance()}, with the token of generation ${token.generation}`)
  }
} finally {
  await session.close()
  await grant.close()
  await close()
}
