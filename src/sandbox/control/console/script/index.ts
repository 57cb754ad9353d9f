import { authorizationScript } from './authorization-script.ts'
import { domScript } from './dom-script.ts'
import { formScript } from './form-script.ts'
import { headScript } from './head-script.ts'
import { loginsScript } from './logins-script.ts'
import { mainScript } from './main-script.ts'
import { sandboxScript } from './sandbox-script.ts'
import { switchesScript } from './switches-script.ts'
import { tabsScript } from './tabs-script.ts'
import { talkScript } from './talk-script.ts'
import { tradingScript } from './trading-script.ts'
import { trafficScript } from './traffic-script.ts'
import { wordsScript } from './words-script.ts'

/**
 * The modules of the page, as the browser runs them, by the names under which they import each other. Text from outside
 * only ever becomes text in them, never markup.
 */
export const scripts: Readonly<Record<string, string>> = {
  authorization: authorizationScript,
  dom: domScript,
  form: formScript,
  head: headScript,
  logins: loginsScript,
  main: mainScript,
  sandbox: sandboxScript,
  switches: switchesScript,
  tabs: tabsScript,
  talk: talkScript,
  trading: tradingScript,
  traffic: trafficScript,
  words: wordsScript,
}
