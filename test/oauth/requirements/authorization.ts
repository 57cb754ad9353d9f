import type { RequirementRows } from './row.ts'

/** The way to a code: URL, state, redirect URI, loopback listener, pasting. */
export const authorization: RequirementRows = {
  'AU-1': [
    [
      'src/oauth/authorization/authorization-url.test.ts',
      'AU-1: encodes everything, and keeps the parameters of the endpoint',
    ],
    ['src/oauth/server/endpoints.test.ts', 'AU-1: refuses the endpoint %j'],
  ],
  'AU-2': [
    [
      'src/oauth/authorization/authorization-url.test.ts',
      'AU-2: sends the five parameters, and product only on request',
    ],
  ],
  'AU-3': [
    [
      'src/oauth/authorization/authorization-url.test.ts',
      'AU-3: extra parameters are added, but none of the protocol',
    ],
    [
      'src/oauth/authorization/authorization-url.test.ts',
      'AU-3: a name of the endpoint cannot be repeated',
    ],
  ],
  'AU-4': [
    ['src/oauth/application/application.test.ts', 'AU-4: refuses the client id %j'],
    [
      'src/oauth/application/application.test.ts',
      'AU-4: refuses a secret in the place of the id, without showing it',
    ],
    [
      'src/oauth/authorization/authorization-url.test.ts',
      'AU-4: neither the secret nor an id that is the secret gets into the URL',
    ],
  ],
  'AU-5': [['src/oauth/authorization/authorization-url.test.ts', 'AU-5: refuses the scope %j']],
  'AU-6': [
    [
      'src/oauth/server/endpoints.test.ts',
      'AU-6: plain http works only on a loopback address and only when allowed',
    ],
  ],
  'AU-7': [
    [
      'src/oauth/authorization/authorization-url.test.ts',
      'AU-7: returns what the callback and the exchange need',
    ],
  ],
  'ST-1': [
    ['src/oauth/authorization/state.test.ts', 'ST-1: is 32 random bytes in base64url'],
    [
      'src/oauth/authorization/state.test.ts',
      'ST-1: carries exactly the bytes of the random source',
    ],
    [
      'src/oauth/authorization/state.test.ts',
      'ST-1: a random source that fails or gives too little is an error',
    ],
  ],
  'ST-2': [
    ['src/oauth/authorization/state.test.ts', 'ST-2: a server needs to keep only its SHA-256'],
  ],
  'ST-3': [
    ['test/web/web-callback.test.ts', 'ST-3: of two callbacks at the same time one goes on'],
    ['test/web/web-callback.test.ts', 'ST-3: it expires'],
    ['test/oauth/loopback.test.ts', 'ST-3: not later than the request for it lives'],
  ],
  'ST-5': [
    ['src/oauth/authorization/state.test.ts', 'ST-5: a check has three results'],
    [
      'src/oauth/authorization/state.test.ts',
      'ST-5: an empty, shortened, lengthened or repeated state is a mismatch',
    ],
    [
      'test/oauth/loopback.test.ts',
      'ST-5, ST-7: a wrong or repeated one is refused under %s and cancels nothing',
    ],
  ],
  'ST-6': [
    [
      'test/web/web-callback.test.ts',
      'ST-6: one in another browser, of another user, or of nobody; and all get the same answer',
    ],
    [
      'src/oauth/server/endpoints.test.ts',
      'ST-6: the policy is bound-flow for cTrader and its sandbox, strict for strangers',
    ],
    [
      'src/oauth/authorization/state.test.ts',
      'ST-6: absence is accepted only for a bound flow under bound-flow',
    ],
    [
      'test/oauth/authorize.test.ts',
      'ST-6: works where the state is not sent back, and not under strict',
    ],
    ['test/oauth/loopback.test.ts', 'ST-6: a missing one is taken under bound-flow'],
    [
      'test/oauth/loopback.test.ts',
      'ST-6: a missing one is refused under strict, which is the default',
    ],
  ],
  'ST-7': [
    ['test/web/web-callback.test.ts', 'ST-7, ST-8: one %s'],
    [
      'test/oauth/loopback.test.ts',
      'ST-5, ST-7: a wrong or repeated one is refused under %s and cancels nothing',
    ],
  ],
  'ST-8': [
    [
      'test/oauth/loopback.test.ts',
      'ST-8: an error without it cannot end a strict login, but ends a bound one',
    ],
  ],
  'ST-9': [
    ['test/oauth/loopback.test.ts', 'ST-9: an issuer that shows up must be the expected one'],
  ],
  'ST-10': [
    [
      'test/web/web-login.test.ts',
      'ST-10: nothing is linked when the person says that it is not theirs',
    ],
    [
      'test/oauth/loopback.test.ts',
      'CB-7, ST-10: a look ahead or a part of another page consumes nothing: %j',
    ],
    [
      'test/oauth/loopback.test.ts',
      'ST-10: a browser coming back by itself is welcome, and so is a script',
    ],
  ],
  'RU-1': [['src/oauth/application/redirect-uri.test.ts', 'RU-1, RU-6: %j is refused for its %s']],
  'RU-2': [
    ['src/oauth/authorization/authorization-url.test.ts', 'RU-2: %s goes out byte for byte'],
    ['test/oauth/exchange.test.ts', 'RU-2: the redirect URI goes out byte for byte'],
  ],
  'RU-3': [
    [
      'src/oauth/application/redirect-uri.test.ts',
      'RU-3: %s is not loopback, so that plain http is refused',
    ],
    [
      'src/oauth/application/redirect-uri.test.ts',
      'RU-3: 127.0.0.1, [::1] and localhost are loopback',
    ],
    ['test/oauth/loopback.test.ts', 'RU-3: %s cannot be served here'],
  ],
  'RU-4': [
    [
      'src/oauth/application/redirect-uri.test.ts',
      'RU-4, RU-7: localhost and the root path are warned about, 127.0.0.1/callback is not',
    ],
  ],
  'RU-5': [
    [
      'test/oauth/authorize.test.ts',
      'RU-5: uses the next registered redirect URI, in both requests',
    ],
    ['test/oauth/loopback.test.ts', 'RU-5: the first free one of several redirect URIs is used'],
  ],
  'RU-6': [
    [
      'src/oauth/authorization/authorization-url.test.ts',
      'RU-6: a URI that is not among the registered ones is refused with the difference',
    ],
    ['src/oauth/application/redirect-uri.test.ts', 'RU-1, RU-6: %j is refused for its %s'],
    [
      'src/oauth/application/redirect-uri.test.ts',
      'RU-6: a typing error in the scheme gets a guess and the nearest registered one',
    ],
  ],
  'RU-7': [
    [
      'src/oauth/application/redirect-uri.test.ts',
      'RU-4, RU-7: localhost and the root path are warned about, 127.0.0.1/callback is not',
    ],
  ],
  'CB-1': [
    ['test/oauth/loopback.test.ts', 'CB-1: 127.0.0.1 is that address alone'],
    ['test/oauth/loopback.test.ts', 'CB-1: [::1] is that address alone'],
    ['test/oauth/loopback.test.ts', 'CB-1: localhost is both, and answers on %s'],
    [
      'test/oauth/loopback.test.ts',
      'CB-1: localhost is refused when somebody has %s, and both are free again',
    ],
  ],
  'CB-3': [
    [
      'test/oauth/authorize.test.ts',
      'CB-3: listens before it shows the URL, and shows it before it opens the browser',
    ],
    ['test/oauth/authorize.test.ts', 'CB-3, CB-4: opens no browser when the port is taken'],
  ],
  'CB-4': [
    ['test/oauth/authorize.test.ts', 'CB-3, CB-4: opens no browser when the port is taken'],
    [
      'test/oauth/loopback.test.ts',
      'CB-4: a taken port is a typed error with the port and what to do',
    ],
  ],
  'CB-5': [
    ['test/oauth/loopback.test.ts', 'CB-5: takes a GET on the exact path with the exact Host'],
    ['test/oauth/loopback.test.ts', 'CB-5: answers %s in Host with 421 and goes on waiting'],
    ['test/oauth/loopback.test.ts', 'CB-5: a repeated Host is refused'],
    ['test/oauth/loopback.test.ts', 'CB-5, CB-6: answers %s with 404 and goes on waiting'],
  ],
  'CB-6': [
    ['test/oauth/loopback.test.ts', 'CB-5, CB-6: answers %s with 404 and goes on waiting'],
    [
      'test/oauth/loopback.test.ts',
      'CB-6: a whole URL as the target, even of the right host, is not taken',
    ],
  ],
  'CB-7': [
    ['test/oauth/loopback.test.ts', 'CB-7: %s consumes nothing'],
    [
      'test/oauth/loopback.test.ts',
      'CB-7, ST-10: a look ahead or a part of another page consumes nothing: %j',
    ],
  ],
  'CB-8': [
    ['test/oauth/loopback.test.ts', 'CB-8: one answer counts; a second one gets a page of its own'],
  ],
  'CB-9': [
    ['src/oauth/callback/callback-query.test.ts', 'CB-9: %s is malformed'],
    ['test/oauth/loopback.test.ts', 'CB-9: ?%s is answered with 400 and leaves the login waiting'],
  ],
  'CB-10': [
    ['test/oauth/authorize.test.ts', 'CB-10, CB-13: a refusal at the consent page'],
    [
      'test/oauth/loopback.test.ts',
      'CB-10: an error ends the wait with what the server said, cleaned',
    ],
    ['test/oauth/loopback.test.ts', 'CB-10: other errors of the server are told by name'],
  ],
  'CB-11': [
    [
      'test/oauth/loopback.test.ts',
      'CB-11: is at a clean address, with headers that keep the code in',
    ],
    [
      'test/oauth/loopback.test.ts',
      'CB-11: gets out of the way of a callback path of the same name',
    ],
  ],
  'CB-12': [
    [
      'src/oauth/server/server-text.test.ts',
      'CB-12: control characters go and the length is capped',
    ],
  ],
  'CB-13': [
    ['test/oauth/authorize.test.ts', 'CB-10, CB-13: a refusal at the consent page'],
    [
      'test/oauth/authorize.test.ts',
      'CB-13: a refusal at the token endpoint is what the browser shows',
    ],
    ['test/oauth/loopback.test.ts', 'CB-13: waits for the real outcome'],
    ['test/oauth/loopback.test.ts', 'CB-13: does not wait for ever'],
    ['test/oauth/loopback.test.ts', 'CB-13: a tab that is closed while it waits harms nothing'],
  ],
  'CB-14': [
    [
      'test/oauth/loopback.test.ts',
      'CB-14, CB-15: after five minutes, saying why cTrader may have been silent',
    ],
    ['test/oauth/loopback.test.ts', 'CB-14: a wait beyond 2^31-1 ms does not end at once'],
  ],
  'CB-15': [
    [
      'test/oauth/loopback.test.ts',
      'CB-14, CB-15: after five minutes, saying why cTrader may have been silent',
    ],
    ['test/oauth/loopback.test.ts', 'CB-15: after refused callbacks it says that there were some'],
  ],
  'CB-16': [
    [
      'test/oauth/loopback.test.ts',
      'CB-16: leaves no port, socket or timer, even when a browser holds idle connections',
    ],
    ['test/oauth/loopback.test.ts', 'CB-16: closes at once when no page is owed'],
  ],
  'CB-17': [
    ['test/oauth/loopback.test.ts', 'CB-17: headers beyond 16 KiB are refused'],
    ['test/oauth/loopback.test.ts', 'CB-17: more than 32 connections are turned away'],
    ['test/oauth/loopback.test.ts', 'CB-17: nonsense is answered and does no harm'],
  ],
  'CB-18': [
    [
      'test/oauth/loopback.test.ts',
      'CB-18: a page that cannot be made ends the login and frees the port',
    ],
  ],
  'CB-19': [
    [
      'test/oauth/loopback.test.ts',
      'CB-19: a second login on the same port is refused, not mixed up',
    ],
  ],
  'CB-20': [
    [
      'test/oauth/loopback.test.ts',
      'CB-20: can be made by the program, which is given one fixed word',
    ],
  ],
  'MP-1': [
    [
      'src/oauth/login/pasted-answer.test.ts',
      'MP-1: the answer is found in whatever form it was copied',
    ],
  ],
  'MP-2': [['src/oauth/login/pasted-answer.test.ts', 'MP-2: what copying adds is taken off']],
  'MP-3': [
    [
      'src/oauth/login/pasted-answer.test.ts',
      'MP-3: an address must be the one that the login comes back to',
    ],
    ['test/oauth/manual.test.ts', 'MP-3: a wrong state is refused and the person asked again'],
    [
      'test/oauth/manual.test.ts',
      'MP-3: where the server returns a state, the code alone is not enough',
    ],
    ['test/oauth/manual.test.ts', 'MP-3: a declined consent ends it, its words made harmless'],
  ],
  'MP-4': [
    ['src/oauth/login/pasted-answer.test.ts', 'MP-4: a wrong paste is recognised'],
    [
      'test/oauth/manual.test.ts',
      'MP-4: three useless lines in a row end it, and say what the last one was',
    ],
    ['test/oauth/manual.test.ts', 'MP-4: the end of the input ends it'],
  ],
  'MP-5': [['src/oauth/login/pasted-answer.test.ts', 'MP-5: a bare code is decoded at most once']],
  'MP-6': [['test/oauth/manual.test.ts', 'MP-6: pasting while the listener waits']],
  'MP-7': [
    [
      'test/oauth/manual.test.ts',
      'MP-7: a refused code is not sent again; a new page is offered instead',
    ],
    ['test/oauth/manual.test.ts', 'MP-7: after three refused codes it is over'],
  ],
  'ST-11': [['test/web/web-callback.test.ts', 'ST-11: unfinished logins']],
  'ST-12': [
    [
      'test/cli/login.test.ts',
      'ST-12: another person’s consent does not replace the login, unless forced',
    ],
    ['test/oauth/grant-login.test.ts', 'ST-12: a login in the place of another'],
    [
      'test/oauth/grant-login.test.ts',
      'ST-12: of another cTID is refused and changes nothing, unless it is wanted',
    ],
    [
      'test/oauth/grant-login.test.ts',
      'ST-12: of the same cTID replaces the tokens, and a coordinator takes them over',
    ],
    [
      'test/web/web-callback.test.ts',
      'ST-12: says when it is another cTrader ID than the one to be renewed',
    ],
  ],
  'RU-9': [['test/web/web-login.test.ts', 'RU-9: a login does not return to %j']],
  'MP-8': [
    ['test/cli/login.test.ts', 'MP-8: a code is never taken from an argument'],
    ['test/cli/login.test.ts', 'MP-8: what is pasted is not shown'],
  ],
  'MP-9': [
    ['test/cli/login.test.ts', 'MP-4, MP-9: exits 2 at the end of the input, and at once in CI'],
  ],
  'ST-4': [
    [
      'src/oauth/authorization/state.test.ts',
      'ST-4: values of any length are compared by their digests, without throwing',
    ],
  ],
  'RU-8': [['test/web/web-login.test.ts', 'over https: only for this host, and only over https']],
  'CB-2': [
    [
      'test/oauth/loopback.test.ts',
      'CB-2: while a login is waited for, nobody else can listen there',
    ],
  ],
}
