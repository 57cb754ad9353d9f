import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configDirectory } from './config-directory.ts'

test('CF-4: logins are kept where the variable says, or where the system keeps such things', () => {
  expect(configDirectory({ CTRADER_CONFIG_DIR: '/srv/ctrader', XDG_CONFIG_HOME: '/x' })).toBe(
    '/srv/ctrader',
  )
  expect(configDirectory({ XDG_CONFIG_HOME: '/home/me/.settings' })).toBe(
    '/home/me/.settings/ctrader',
  )
  expect(configDirectory({ CTRADER_CONFIG_DIR: '' })).toBe(join(homedir(), '.config', 'ctrader'))
})

test('CF-4: and never in the directory at hand', () => {
  expect(configDirectory({}).startsWith(process.cwd())).toBe(homedir().startsWith(process.cwd()))
})
