import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { consentByHttp, createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { freePort } from '../oauth/free-port.ts'
import { type Ended, start, startAtTerminal, Watched } from './run.ts'

type Env = Readonly<Record<string, string>>

/** The address of the consent page, as the command prints it. */
export const pageAddress = /(http:\/\/\S+\/apps\/auth\?\S+)/

/** A sandbox, and a person who logs in to it with the command. */
export class LoginFixture {
  readonly sandbox: Sandbox
  readonly port: number
  readonly redirectUri: string
  readonly folder: string
  #config = ''
  #running: Watched | undefined

  private constructor(sandbox: Sandbox, port: number, redirectUri: string) {
    this.sandbox = sandbox
    this.port = port
    this.redirectUri = redirectUri
    this.folder = mkdtempSync(join(tmpdir(), 'ctrader-login-'))
    this.writeLine('sandbox.json', sandbox.line())
  }

  static async start(): Promise<LoginFixture> {
    const port = await freePort()
    const redirectUri = `http://127.0.0.1:${port}/callback`
    const sandbox = await createSandbox({ seed: 7, redirectUris: [redirectUri] })
    return new LoginFixture(sandbox, port, redirectUri)
  }

  /** Where the logins of the test at hand are kept. */
  get config(): string {
    return this.#config
  }

  /** Before each test: nobody is logged in. */
  forget(): void {
    this.#config = mkdtempSync(join(this.folder, 'config-'))
  }

  /** After each test: a command that still runs is ended. */
  end(): void {
    this.#running?.child.kill('SIGKILL')
    this.#running = undefined
  }

  async close(): Promise<void> {
    await this.sandbox.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  env(more: Env = {}): Env {
    return {
      CTRADER_SANDBOX: join(this.folder, 'sandbox.json'),
      CTRADER_CONFIG_DIR: this.#config,
      // A person is here.
      CI: '',
      ...more,
    }
  }

  /** Writes a sandbox's line and returns its path. */
  writeLine(name: string, line: unknown): string {
    const file = join(this.folder, name)
    writeFileSync(file, JSON.stringify(line))
    return file
  }

  begin(args: readonly string[], more?: Env): Watched {
    this.#running = new Watched(start(args, { env: this.env(more), stdin: 'pipe' }))
    return this.#running
  }

  beginAtTerminal(args: readonly string[], more?: Env): Watched {
    this.#running = new Watched(startAtTerminal(args, { env: this.env(more) }))
    return this.#running
  }

  /** Gives the consent and returns what the last page says. */
  async allow(url: string, decision: 'allow' | 'deny' = 'allow'): Promise<string> {
    const { username, password } = this.sandbox
    return (await consentByHttp({ url, username, password, decision })).text
  }

  /** Goes through the consent page while something else listens, as when the browser is on another machine. */
  async addressAfter(url: string): Promise<string> {
    let seen = ''
    const server = createServer((request, response) => {
      seen = `http://127.0.0.1:${this.port}${request.url}`
      response.end('<title>elsewhere</title>')
    })
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    await this.allow(url)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    return seen
  }

  /** Logs in through the listener. */
  async logIn(...args: string[]): Promise<Ended> {
    const command = this.begin(['login', '--no-browser', ...args])
    await this.allow(await command.until(pageAddress))
    const code = await command.ended()
    return { code, stdout: command.stdout, stderr: command.stderr }
  }

  /** The file of the one stored login. */
  recordFile(): string {
    const names = readdirSync(join(this.#config, 'grants')).filter((name) => name.endsWith('.json'))
    return join(this.#config, 'grants', names[0] ?? '')
  }
}
