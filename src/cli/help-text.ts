/** What `ctrader --help` says below the list of commands. */
export const examplesHelp = `Start here:
  ctrader tour                                         everything once, without an account
  ctrader sandbox --file sandbox.json                  a cTrader to program against
  ctrader quotes EURUSD --sandbox-file sandbox.json    its quotes
  ctrader doctor                                       what is wrong with a connection
  ctrader raw trader --sandbox-file sandbox.json       any request of the protocol`

export const environmentHelp = `Variables (secrets are taken from nowhere else):
  CTRADER_CLIENT_ID, CTRADER_CLIENT_SECRET   the application, from https://openapi.ctrader.com/apps
  CTRADER_REDIRECT_URI                       a redirect URI registered for it
  CTRADER_ENV                                demo, live or sandbox
  CTRADER_SANDBOX                            the file with a sandbox's line
  CTRADER_CARRIER                            what carries the messages
  CTRADER_PROFILE                            the name the login is kept under
  CTRADER_ACCESS_TOKEN                       use this token instead of the stored login
  CTRADER_REFRESH_TOKEN                      a seed: turned into a stored login once
  CTRADER_ACCOUNT_ID                         the account to use
  CTRADER_CA_FILE                            certificate authority to trust, PEM
  CTRADER_CONFIG_DIR                         where logins are kept
  CTRADER_STORE_PASSPHRASE                   opens logins that are kept encrypted
  CTRADER_AUTH_URL, CTRADER_TOKEN_URL        other pages than cTrader's own
  CTRADER_DEBUG                              show the stack of an error
  NO_COLOR                                   no colours
Instead of a client id, client secret, passphrase or token, a variable with _FILE added can name a file that holds it.`

export const exitCodeHelp = `Exit status:
  0  done                        4  refused by the server       7  connection or time-out
  1  unexpected                  5  not found                 130  interrupted
  2  usage or configuration      6  order outcome unknown
  3  login needed`
