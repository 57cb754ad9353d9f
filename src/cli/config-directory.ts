import { homedir } from 'node:os'
import { join } from 'node:path'
import { readVariable } from './variables.ts'

/** Where the command keeps what it remembers: CTRADER_CONFIG_DIR, or `ctrader` in the place the system has for it. */
export function configDirectory(env: NodeJS.ProcessEnv): string {
  const given = readVariable(env, 'CTRADER_CONFIG_DIR')
  if (given !== undefined) return given
  const xdg = env['XDG_CONFIG_HOME'] ?? ''
  const appData = process.platform === 'win32' ? (env['APPDATA'] ?? '') : ''
  return join(xdg || appData || join(homedir(), '.config'), 'ctrader')
}
