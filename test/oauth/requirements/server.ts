import type { RequirementRows } from './row.ts'

const faults = 'test/auth-server/faults.test.ts'
const switches = 'test/auth-server/switches.test.ts'
const life = 'test/auth-server/token-life.test.ts'

/** The sandbox's authorization server. */
export const server: RequirementRows = {
  'MS-1': [
    ['test/auth-server/authorize.test.ts', '%s serves it, with and without the last slash'],
    ['test/sandbox/tokens.test.ts', 'a token refreshed over HTTP is dead on the socket, too'],
    [
      'test/sandbox/tokens.test.ts',
      'refreshing on the socket ends the sessions of the old token, and only those',
    ],
  ],
  'MS-2': [
    [switches, 'default to the attested or harsher ones'],
    ['test/auth-server/token.test.ts', 'a code used twice, and one after 60 seconds, are refused'],
    [
      'test/sandbox/applications.test.ts',
      'under review is refused at the consent page, for tokens and on the API host, by that name',
    ],
  ],
  'MS-3': [
    [switches, 'takes only the forms of request it was told to'],
    [switches, 'refuses in the style it was told to'],
    [switches, 'spells tokens as it was told to'],
    [life, 'a refresh token used twice is refused, or ends the living pair'],
    [life, 'within the grace period a spent refresh token gets the same pair again, and no longer'],
    [life, 'the refresh token is new, the same, or left out and good'],
    [
      'test/auth-server/standard-clients.test.ts',
      'completes a code flow and a refresh, the secret %s',
    ],
    [
      'test/auth-server/standard-clients.test.ts',
      'openid-client completes a code flow and a refresh',
    ],
    [
      'test/auth-server/standard-clients.test.ts',
      'simple-oauth2 completes a code flow and a refresh',
    ],
  ],
  'MS-4': [
    [faults, 'the answer that is lost leaves a pair that nobody knows, and the old token is spent'],
    [faults, '%s, with nothing done or everything done'],
    [faults, '429, with and without Retry-After, before anything is done'],
    [faults, 'truncated, though the answer is complete'],
    [faults, 'spellings that contradict each other'],
    [faults, 'the next one, or so many, or all, after so many that pass'],
  ],
  'MS-5': [
    [life, 'lifetimes of codes and access tokens'],
    ['test/auth-server/authorize.test.ts', 'a session ends after eight hours of the sandbox'],
    [faults, 'before anything is done, and after'],
  ],
  'MS-6': [
    ['test/auth-server/token.test.ts', 'the same seed gives the same tokens over HTTP'],
    [faults, 'by chance, the same with the same seed'],
  ],
  'MS-7': [
    ['test/sandbox/applications.test.ts', 'is registered with what the portal asks for'],
    [
      'test/sandbox/grants.test.ts',
      'are listed without their secrets, whichever door they were refreshed through',
    ],
    [faults, 'what was asked is told without secrets'],
  ],
  'MS-8': [
    ['test/auth-server/admin.test.ts', 'are set up, listed with what they did, and taken away'],
    ['test/auth-server/admin.test.ts', 'are registered, changed, given new secrets and taken off'],
    [
      'test/auth-server/admin.test.ts',
      'a consent given without the pages ends in the redirect a browser would follow',
    ],
    ['test/auth-server/admin.test.ts', 'pages of other sites'],
  ],
  'MS-9': [
    [
      'test/auth-server/authorize.test.ts',
      'the consent page says what is asked, by whom and for which accounts, and escapes it',
    ],
    ['test/browser/consent.test.ts', 'somebody signs in, chooses accounts and allows'],
    ['test/browser/consent.test.ts', 'another one denies'],
    ['test/browser/consent.test.ts', 'at %i pixels the pages look right'],
  ],
  'MS-12': [
    [
      'test/auth-server/auth-server.test.ts',
      'it listens on the loopback interface, on the port it says',
    ],
    ['test/sandbox/production.test.ts', 'a sandbox does not start where production runs'],
  ],
}
