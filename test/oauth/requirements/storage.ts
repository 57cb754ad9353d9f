import type { RequirementRows } from './row.ts'

/** Where tokens are kept, what must not show, and how failures are told. */
export const storage: RequirementRows = {
  'TS-2': [
    [
      'src/oauth/store/token-record.test.ts',
      'TS-2: separates server, application, user and profile',
    ],
  ],
  'TS-4': [['src/stores/file.test.ts', 'TS-4: directory 0700, file 0600, and nothing beside it']],
  'TS-5': [['src/stores/file.test.ts', 'TS-5: what others could read or replace is refused']],
  'TS-6': [
    [
      'src/oauth/store/token-record.test.ts',
      'TS-6: what cannot be read is told apart, and never quoted',
    ],
    ['src/oauth/store/token-record.test.ts', 'TS-6: %s made into %s is found out'],
    ['src/stores/file.test.ts', 'TS-6: a damaged file'],
  ],
  'TS-15': [
    [
      'test/cli/store-kinds.test.ts',
      'TS-15: are taken only by an explicit command, from standard input',
    ],
    ['test/cli/store-kinds.test.ts', 'TS-15: a refresh token alone is traded for a pair at once'],
    ['test/cli/store-kinds.test.ts', 'TS-15: %s is refused, not repeated and not stored'],
    [
      'test/cli/store-kinds.test.ts',
      'TS-15: they leave again only as the one line of `ctrader token`',
    ],
  ],
  'TS-7': [
    [
      'test/stores/full-disk.test.ts',
      'TS-7: a file that cannot be read is never taken for "not logged in"',
    ],
    [
      'test/stores/full-disk.test.ts',
      'TS-7: writes that the system breaks off in the middle (EFBIG)',
    ],
    ['src/stores/file.test.ts', 'TS-7: nothing stored is undefined, without making a directory'],
    ['src/stores/file.test.ts', 'TS-7: a disk that refuses'],
  ],
  'SE-2': [
    ['src/oauth/errors.test.ts', 'SE-2: tokens and requests that hold secrets show none of them'],
  ],
  'SE-3': [['test/oauth/exchange.test.ts', 'SE-3: nothing of what fetch complains about is kept']],
  'SE-4': [
    ['src/oauth/server/server-text.test.ts', 'SE-4: a secret is found %s'],
    [
      'src/oauth/server/server-text.test.ts',
      'SE-4: a short secret is replaced only where it stands alone',
    ],
    [
      'src/oauth/server/server-text.test.ts',
      'SE-4: an invisible character inside does not hide it',
    ],
    ['test/oauth/exchange.test.ts', 'SE-4: a server that repeats the request gives nothing away'],
  ],
  'ER-1': [
    ['src/oauth/errors.test.ts', 'ER-1: an unknown code of the server survives'],
    ['test/oauth/exchange.test.ts', 'ER-1: %j under status %i'],
  ],
  'ER-2': [
    [
      'test/oauth/authorize.test.ts',
      'ER-2: an abort, before it starts, while it waits and during the exchange',
    ],
    [
      'test/oauth/exchange.test.ts',
      'ER-2: an abort rejects with its own reason, before and during the request',
    ],
    ['test/oauth/loopback.test.ts', 'ER-2: an abort rejects with its own reason'],
  ],
  'TS-14': [
    ['test/stores/contract.test.ts', 'TS-14: the contract, kept by the memory store'],
    ['test/stores/contract.test.ts', 'TS-14: the contract, kept by the file store'],
    [
      'test/stores/contract.test.ts',
      'TS-14: the contract, kept by the file store with a passphrase',
    ],
    ['test/stores/contract.test.ts', 'TS-14: the contract, kept by the file store with a key'],
    ['test/stores/contract.test.ts', 'TS-14: the contract, kept by the keychain store'],
    ['test/stores/contract.test.ts', 'TS-14: the contract, kept by the PostgreSQL store'],
    ['test/stores/contract.test.ts', 'TS-14: the contract, kept in PostgreSQL with a key'],
    ['test/stores/contract.test.ts', 'TS-14: the contract, kept by the Redis store'],
    ['test/stores/contract.test.ts', 'TS-14: the contract finds a store that breaks it'],
  ],
  'SE-1': [
    ['src/secret.test.ts', 'SE-1, SE-2: a secret does not show itself'],
    ['src/secret.test.ts', 'SE-1: and says that it is one where it is meant to be text'],
  ],
  'SE-6': [['src/secret.test.ts', 'SE-6: its fingerprint tells two apart without showing either']],
  'TS-1': [
    [
      'test/stores/safety.test.ts',
      'TS-1: a record is one value: generation, pair, notes and status together',
    ],
  ],
  'TS-3': [
    [
      'test/stores/safety.test.ts',
      'TS-3: the memory store says once that rotated tokens are lost with the process',
    ],
  ],
  'TS-9': [
    ['test/stores/safety.test.ts', 'TS-9: the keychain'],
    [
      'test/stores/safety.test.ts',
      'TS-9: one that hangs is an error in time, never "not logged in"',
    ],
    [
      'test/stores/safety.test.ts',
      'TS-9: where it is only preferred, files take over with a visible warning',
    ],
  ],
  'TS-10': [['test/stores/safety.test.ts', 'TS-10: a key can come from a file or from a function']],
  'TS-11': [
    ['test/stores/safety.test.ts', 'TS-11: a table name that would need quotes is refused'],
  ],
  'TS-12': [
    ['test/stores/safety.test.ts', 'TS-12: a Redis that does not keep what it is given'],
    [
      'test/stores/safety.test.ts',
      'TS-12: is refused when it evicts, and warned of when it forgets',
    ],
  ],
  'TS-13': [
    ['test/stores/safety.test.ts', 'TS-13: from files in the clear to encrypted ones'],
    [
      'test/stores/safety.test.ts',
      'TS-13: what is in the clear is encrypted under the lock, and an old key makes place for a new one',
    ],
  ],
  'SE-8': [
    ['test/canary/canary.test.ts', 'SE-8: the canary'],
    [
      'test/canary/canary.test.ts',
      'SE-8: tests that give a secret away in any of the watched ways make their run fail',
    ],
  ],
  'SE-7': [
    ['test/stores/safety.test.ts', 'RF-5, SE-7: a lock names its holder and holds no secret'],
  ],
}
