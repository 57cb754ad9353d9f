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
    [
      'test/web/web-login.test.ts',
      'not by a link, and not without any word of where it comes from',
    ],
  ],
  'WB-3': [
    ['test/web/web-login.test.ts', 'WB-3: the cookie'],
    ['test/web/web-login.test.ts', 'on loopback: no prefix, and not for scripts or other sites'],
    ['test/web/web-login.test.ts', 'over https: only for this host, and only over https'],
  ],
  'WB-4': [
    ['test/web/web-callback.test.ts', 'WB-4: belongs to the user who began the login'],
    ['test/web/web-callback.test.ts', 'can be repeated when the grant could not be kept'],
  ],
  'WB-5': [
    [
      'test/web/web-login.test.ts',
      'WB-1: goes from a form to a linked grant, and the tokens never reach the browser',
    ],
    ['test/web/web-login.test.ts', 'the server keeps only a digest of it, and tokens sealed'],
  ],
  'WB-6': [
    ['test/web/web-login.test.ts', 'WB-6: a declined consent returns with a fixed word'],
    [
      'test/web/web-login.test.ts',
      'WB-6: every answer keeps itself out of caches, and no page loads anything',
    ],
    [
      'test/web/web-callback.test.ts',
      'WB-6: a refused exchange is a page with fixed words, and the login is over',
    ],
    ['test/web/web-callback.test.ts', 'WB-6: a server that is away is 503'],
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
  'WB-10': [
    ['test/web/flow-store.test.ts', 'of those who take an entry at the same time one gets it'],
  ],
  'WB-11': [
    [
      'test/web/web-login.test.ts',
      'the error that says a cTrader ID is linked elsewhere becomes a page of its own',
    ],
    [
      'test/examples/web-application.test.ts',
      'each user connects, sees and disconnects what is theirs, and nobody else’s',
    ],
  ],
  'WB-12': [['test/web/web-callback.test.ts', 'WB-12: limits of the application are 429']],
  'WB-13': [
    [
      'test/web/web-login.test.ts',
      'WB-13: no page runs scripts, opens windows or lets itself be framed',
    ],
  ],
}
