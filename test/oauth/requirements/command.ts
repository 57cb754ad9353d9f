import type { RequirementRows } from './row.ts'

/** Variables and configuration. */
export const command: RequirementRows = {
  'CF-8': [['src/oauth/token-record.test.ts', 'CF-8: refuses %j']],
  'CF-1': [
    [
      'src/oauth/environment.test.ts',
      'CF-1: has the values of the usual names, and says where they came from',
    ],
    ['test/cli/stored-login.test.ts', 'CF-1: a value can be in a file'],
  ],
  'CF-2': [
    [
      'test/cli/stored-login.test.ts',
      'CF-2: a refresh token is a seed: it becomes a login once, and is not used again',
    ],
  ],
  'CF-3': [['test/cli/login.test.ts', 'CF-3: is refused while a variable holds a token']],
  'CF-5': [
    ['src/oauth/environment.test.ts', 'CF-5: an empty variable is one that is not set'],
    ['src/oauth/environment.test.ts', 'CF-5: %j can only be a mistake'],
    ['test/cli/stored-login.test.ts', 'CF-5: %j as a client id is a mistake that is named'],
  ],
  'CF-6': [['src/oauth/environment.test.ts', 'CF-6: nothing is read that was not given']],
}
