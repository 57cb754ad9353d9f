// Reading accounts after a login, in the four steps of the protocol: the application, the accounts of the token, the
// authorisation of one of them, and then whatever you want to know.
import { connectSession } from 'ctrader-open-api'
import { findSetting } from './setting.mjs'

const { sandbox, application, environment, close } = await findSetting()
const accessToken = process.env.CTRADER_ACCESS_TOKEN ?? sandbox.accessToken

// 1. The application. connectSession does it; it fails when id, secret or status are wrong.
const session = await connectSession({
  endpoint: environment.demo,
  application,
  ca: environment.ca,
})
try {
  // 2. The accounts that the token covers, demo and live alike.
  const { ctidTraderAccount } = await session.call.accountListByAccessToken({ accessToken })
  const accounts = ctidTraderAccount.filter((account) => !account.isLive)
  console.log(`${ctidTraderAccount.length} accounts, ${accounts.length} of them on this host`)

  // 3. One of them is authorised for this connection.
  const accountId = accounts[0].ctidTraderAccountId
  await session.authorizeAccount(accountId, accessToken)

  // 4. From here on it can be asked anything.
  const { trader } = await session.call.trader({ ctidTraderAccountId: accountId })
  const { symbol } = await session.call.symbolsList({ ctidTraderAccountId: accountId })
  console.log(`Account ${accountId}: balance ${trader.balance} (in 10^-${trader.moneyDigits})`)
  console.log(`${symbol.length} symbols, such as ${symbol[0].symbolName}`)
} finally {
  await session.close()
  await close()
}
