import type { RequirementRows } from './row.ts'

/** The login of a web application. */
export const web: RequirementRows = {
  'WB-1': [
    [
      'test/web/web-login.test.ts',
      'WB-1: goes from a form to a linked grant, and the tokens never reach the browser',
    ],
  ],
  'WB-2': [
    ['test/web/web-login.test.ts', 'WB-2: a login begins only by a form of the site itself'],
  ],
  'WB-3': [['test/web/web-login.test.ts', 'WB-3: the cookie']],
  'WB-4': [['test/web/web-callback.test.ts', 'WB-4: belongs to the user who began the login']],
  'WB-6': [
    [
      'test/web/web-callback.test.ts',
      'WB-6: a refused exchange is a page with fixed words, and the login is over',
    ],
    ['test/web/web-callback.test.ts', 'WB-6: a server that is away is 503'],
    ['test/web/web-login.test.ts', 'WB-6: a declined consent returns with a fixed word'],
    [
      'test/web/web-login.test.ts',
      'WB-6: every answer keeps itself out of caches, and no page loads anything',
    ],
  ],
  'WB-7': [
    [
      'test/web/web-callback.test.ts',
      'WB-7: loading the callback again leads on, before and after the confirmation',
    ],
  ],
  'WB-8': [
    ['test/web/web-callback.test.ts', 'WB-8: HEAD, POST and a look ahead do not use the code up'],
  ],
  'WB-9': [
    [
      'test/web/web-callback.test.ts',
      'WB-9: only the path of the redirect URI counts, whatever host a proxy shows',
    ],
  ],
  'WB-12': [['test/web/web-callback.test.ts', 'WB-12: limits of the application are 429']],
}
