import type { RequirementRows } from './row.ts'

/** The command: variables, configuration, the stored login, and what of secrets can be seen. */
export const command: RequirementRows = {
  'CF-1': [
    [
      'src/oauth/application/environment.test.ts',
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
  'CF-3': [
    ['test/cli/login.test.ts', 'CF-3: is refused while a variable holds a token'],
    [
      'test/cli/stored-login.test.ts',
      'exits 3 for nobody, and names the variable that gives a token',
    ],
  ],
  'CF-4': [
    [
      'src/cli/config-directory.test.ts',
      'CF-4: logins are kept where the variable says, or where the system keeps such things',
    ],
    ['src/cli/config-directory.test.ts', 'CF-4: and never in the directory at hand'],
  ],
  'CF-5': [
    ['src/oauth/application/environment.test.ts', 'CF-5: %j can only be a mistake'],
    ['test/cli/stored-login.test.ts', 'CF-5: %j as a client id is a mistake that is named'],
  ],
  'CF-6': [
    ['src/oauth/application/environment.test.ts', 'CF-6: nothing is read that was not given'],
  ],
  'CF-8': [
    ['src/oauth/store/token-record.test.ts', 'CF-8: refuses %j'],
    ['test/cli/login.test.ts', 'CF-8: profiles keep logins apart'],
  ],
  'SE-5': [
    [
      'test/oauth/quiet.test.ts',
      'SE-5: what is logged of a login, a refresh and their failures holds no secret',
    ],
  ],
  'SE-7': [
    [
      'test/cli/stored-login.test.ts',
      'SE-7: tokens are in the files of the store and nowhere else',
    ],
    ['test/cli/login.test.ts', 'MP-8: a code is never taken from an argument'],
  ],
}
