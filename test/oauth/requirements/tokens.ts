import type { RequirementRows } from './row.ts'

/** From a code to tokens, and the life of tokens: exchange, refresh, revocation. */
export const tokens: RequirementRows = {
  'CX-1': [
    [
      'test/oauth/exchange.test.ts',
      'CX-1: goes by GET with everything in the query, unless asked otherwise',
    ],
    ['test/oauth/exchange.test.ts', 'CX-1, CX-3: goes as a POST form with every sign intact'],
    ['test/oauth/exchange.test.ts', 'CX-1: goes as a POST with everything in the query'],
  ],
  'CX-2': [['test/oauth/exchange.test.ts', 'CX-2: no other form is tried by itself']],
  'CX-3': [
    [
      'src/oauth/application/application.test.ts',
      'CX-3: a secret may contain anything a form can carry',
    ],
    ['test/oauth/exchange.test.ts', 'CX-1, CX-3: goes as a POST form with every sign intact'],
  ],
  'CX-4': [
    [
      'src/oauth/application/application.test.ts',
      'CX-4: nothing is trimmed from the secret %j, it is refused and its source named',
    ],
  ],
  'CX-5': [
    ['test/oauth/exchange.test.ts', 'CX-5: has 15 s for everything, counted by the given clock'],
    ['test/oauth/exchange.test.ts', 'CX-5: a body that never ends is covered as well'],
    [
      'test/oauth/exchange.test.ts',
      'CX-5: a fetch that ignores its signal does not outlive the deadline',
    ],
  ],
  'CX-6': [
    ['test/oauth/exchange.test.ts', 'CX-6: more than 64 KiB is not read to its end'],
    ['test/oauth/exchange.test.ts', 'CX-6: the limit counts what a compressed answer unfolds to'],
  ],
  'CX-7': [
    ['test/oauth/exchange.test.ts', 'CX-7: a %i is not followed'],
    ['test/oauth/exchange.test.ts', 'CX-7: a redirect that the platform hides has status 0'],
  ],
  'CX-8': [
    [
      'test/oauth/exchange.test.ts',
      'CX-8: tokens in both spellings with a null error code are a success',
    ],
    ['test/oauth/exchange.test.ts', 'CX-8: a 200 with an error code is an error of that code'],
  ],
  'CX-9': [
    ['test/oauth/exchange.test.ts', 'CX-9: of HTML only the title is told'],
    ['test/oauth/exchange.test.ts', 'CX-9: truncated JSON gives away nothing of the tokens'],
  ],
  'CX-10': [
    ['test/oauth/exchange.test.ts', 'CX-10: takes %s'],
    ['test/oauth/exchange.test.ts', 'CX-10: refuses %s'],
    [
      'test/oauth/exchange.test.ts',
      'CX-10: a token of one character is a token, a prototype is not looked at',
    ],
  ],
  'CX-11': [
    [
      'test/oauth/exchange.test.ts',
      'CX-11: the lifetime %j leaves the expiry unknown, with a warning, and keeps the tokens',
    ],
    ['test/oauth/exchange.test.ts', 'CX-11: so do lifetimes beyond numbers, and two that differ'],
  ],
  'CX-12': [
    [
      'test/oauth/exchange.test.ts',
      'CX-12: without a refresh token the access token is still usable',
    ],
  ],
  'CX-13': [
    ['src/oauth/tokens/unsent.test.ts', 'CX-13: %s says that it was not'],
    ['src/oauth/tokens/unsent.test.ts', 'CX-13: %s leaves it open'],
    [
      'src/oauth/tokens/unsent.test.ts',
      'CX-13: of several addresses each must have been out of reach',
    ],
    ['test/oauth/exchange.test.ts', 'CX-13: a code whose answer was lost is not sent again'],
    ['test/oauth/exchange.test.ts', 'CX-13: neither is one whose answer broke off'],
    [
      'test/oauth/exchange.test.ts',
      'CX-13: a connection that never came about is tried twice more, inside a second',
    ],
    ['test/oauth/exchange.test.ts', 'CX-13: not even that once the code is too old'],
  ],
  'CX-14': [
    [
      'test/oauth/exchange.test.ts',
      'CX-14: the life is counted from the sending, not from the answer',
    ],
    [
      'test/oauth/exchange.test.ts',
      'CX-14: when the wall clock is set meanwhile, the date of the server counts',
    ],
  ],
  'CX-16': [['test/oauth/authorize.test.ts', 'CX-16: the tokens']],
  'CX-18': [
    [
      'test/oauth/exchange.test.ts',
      'CX-18: says what it is and what it wants, and sends no cookies',
    ],
  ],
  'RF-3': [
    [
      'test/oauth/coordinator.test.ts',
      'RF-3: N callers who name the same token cause one refresh and get one result',
    ],
    [
      'test/oauth/coordinator.test.ts',
      'RF-3: N callers get the one error of a failed refresh, and the next try is a new one',
    ],
  ],
  'RF-4': [
    [
      'test/oauth/coordinator.test.ts',
      'RF-4: after waiting for another program the store is read again, and nothing is sent',
    ],
  ],
  'RF-6': [
    [
      'test/oauth/coordinator.test.ts',
      'RF-6: the order is intent, sending, answer, pair; then callers',
    ],
    [
      'test/oauth/refresh.test.ts',
      'RF-6: the raw answer is handed over before it is read, and can be read later',
    ],
    [
      'test/oauth/refresh.test.ts',
      'RF-6: a place that cannot keep the answer does not cost the new tokens',
    ],
  ],
  'RF-8': [
    [
      'test/oauth/coordinator.test.ts',
      'RF-8: a caller who gives up does not take the refresh along',
    ],
    [
      'test/oauth/coordinator.test.ts',
      'RF-8: closing waits for a refresh that was sent, and its tokens are stored',
    ],
    ['test/oauth/coordinator.test.ts', 'RF-8: closing does not wait for ever'],
    ['test/oauth/refresh.test.ts', 'RF-8: an abort stops it before it is sent, and not after'],
  ],
  'RF-9': [
    [
      'test/oauth/refresh.test.ts',
      'RF-9: without a new refresh token the old one is kept, flagged and warned about',
    ],
    ['test/oauth/refresh.test.ts', 'RF-9: the same refresh token again is flagged as well'],
  ],
  'RF-10': [['test/oauth/refresh.test.ts', 'RF-10: a refresh whose outcome nobody knows']],
  'RF-12': [
    ['test/oauth/refresh.test.ts', 'RF-12: %j under %i'],
    ['test/oauth/refresh.test.ts', 'RF-12: a 429 without a code spends nothing'],
  ],
  'RF-20': [
    [
      'test/oauth/coordinator.test.ts',
      'RF-20: an access token that ended months ago is renewed without a word',
    ],
  ],
  'RF-22': [
    [
      'test/oauth/coordinator.test.ts',
      'RF-22: coordinators of one grant and store share a refresh, those of another store do not',
    ],
  ],
  'RF-1': [['test/oauth/renewal.test.ts', 'RF-1: the two windows']],
  'RF-2': [['test/oauth/renewal.test.ts', 'RF-2: long waits']],
  'RF-7': [['test/oauth/unsaved-tokens.test.ts', 'RF-7: new tokens that cannot be saved']],
  'RF-11': [['test/oauth/lost-answers.test.ts', 'RF-11: what a killed program left is taken up']],
  'RF-13': [
    ['test/oauth/lost-answers.test.ts', 'RF-12, RF-13: a refusal'],
    [
      'test/oauth/lost-answers.test.ts',
      'RF-13: ends nothing when somebody else has rotated the token',
    ],
  ],
  'RF-14': [
    [
      'test/oauth/invalidation.test.ts',
      'RF-14, RF-15: of a stored token that is refused renews it once',
    ],
    ['test/oauth/invalidation.test.ts', 'RF-14: what is not an error of the token'],
    [
      'test/oauth/invalidation.test.ts',
      'RF-14: renews nothing: a token is renewed only for whoever names the stored one',
    ],
  ],
  'RF-15': [
    ['test/oauth/invalidation.test.ts', 'RF-15: a pushed invalidation'],
    [
      'test/oauth/invalidation.test.ts',
      'RF-15: during a refresh of our own waits for it and gives its token',
    ],
    [
      'test/oauth/invalidation.test.ts',
      'RF-15: after one, of the token before, gives the new token and sends nothing',
    ],
    [
      'test/oauth/invalidation.test.ts',
      'RF-15: caused by another program takes what that one stored',
    ],
    [
      'test/oauth/invalidation.test.ts',
      'RF-15: of a stored token that the server still accepts changes nothing',
    ],
    [
      'test/oauth/invalidation.test.ts',
      'RF-14, RF-15: of a stored token that is refused renews it once',
    ],
  ],
  'RF-16': [
    ['test/oauth/invalidation.test.ts', 'RF-16: two doors, one coordinator'],
    ['test/oauth/invalidation.test.ts', 'RF-16: over the socket a refresh keeps the same order'],
    [
      'test/oauth/invalidation.test.ts',
      'RF-16: what was not sent one way is sent the other, and nothing is sent twice',
    ],
    [
      'test/oauth/invalidation.test.ts',
      'RF-16: an answer that was lost on the socket is not sent the other way at once',
    ],
    [
      'test/oauth/invalidation.test.ts',
      'RF-16: a refusal on the socket is read as one of the endpoint',
    ],
  ],
  'RF-17': [
    ['test/oauth/invalidation.test.ts', 'RF-17: what fails after a refresh'],
    [
      'test/oauth/invalidation.test.ts',
      'RF-17: is not followed by a second refresh with the same token',
    ],
  ],
  'RF-18': [['test/oauth/renewal.test.ts', 'RF-18: the time that suits']],
  'RF-19': [
    ['test/oauth/renewal.test.ts', 'RF-19: one refreshes, others read'],
    [
      'test/oauth/renewal.test.ts',
      'RF-19: a reader takes what the refresher stored, and refreshes nothing itself',
    ],
    [
      'test/oauth/renewal.test.ts',
      'RF-19: a refresher that stays silent is an error that names the reason',
    ],
  ],
  'RF-21': [
    ['test/oauth/renewal.test.ts', 'RF-21: events'],
    [
      'test/oauth/renewal.test.ts',
      'RF-21: tell what happens without secrets, and a listener that throws breaks nothing',
    ],
    [
      'test/oauth/renewal.test.ts',
      'RF-21: a token that nobody will renew is warned of at a fifth, a twentieth and a hundredth',
    ],
  ],
  'RV-1': [
    [
      'test/cli/stored-login.test.ts',
      'RV-1: forgets the tokens, and says that the consent remains and until when the token works',
    ],
  ],
  'RV-2': [
    ['test/oauth/grant-login.test.ts', 'RV-2: a logout'],
    [
      'test/oauth/grant-login.test.ts',
      'RV-2: waits for a refresh in flight, which cannot bring the tokens back',
    ],
  ],
  'RV-3': [['test/cli/login.test.ts', 'RV-3: does not replace a login unasked']],
  'RV-5': [
    [
      'test/oauth/invalidation.test.ts',
      'RV-5: a grant that was taken back ends with one report and no loop',
    ],
    [
      'test/oauth/lost-answers.test.ts',
      'RF-12, RV-5: for good is said once, without a loop, and the record is kept',
    ],
  ],
  'RV-6': [
    ['test/oauth/grant-login.test.ts', 'RV-6: leaves no copy behind, not even of what is damaged'],
  ],
  'RF-5': [
    [
      'test/stores/rivals.test.ts',
      'RF-4, RF-5: fifty processes make a thousand calls on one grant',
    ],
    ['test/stores/safety.test.ts', 'RF-5, SE-7: a lock names its holder and holds no secret'],
  ],
  'CX-17': [
    [
      'test/cli/store-kinds.test.ts',
      'CX-17: a login that allows less than was asked for is stored, and said to be that',
    ],
  ],
  'CX-15': [
    ['test/oauth/exchange.test.ts', 'SE-3: nothing of what fetch complains about is kept'],
    ['test/oauth/exchange.test.ts', 'CX-9: truncated JSON gives away nothing of the tokens'],
  ],
}
