import type { Decimal, Money } from '../../index.ts'
import type { Output } from '../output.ts'

/** What the tour found, for programs. */
export interface Report {
  readonly ok: true
  readonly seed: number
  readonly accounts: readonly number[]
  readonly accountId: number
  readonly balanceBefore: Money
  readonly balanceAfter: Money | undefined
  readonly symbols: number
  readonly quotes: readonly { readonly bid: string; readonly ask: string }[]
  readonly order: {
    readonly orderId: number
    readonly positionId: number
    readonly price: string
    readonly volume: string
  }
  readonly protection: {
    readonly stopLoss: Decimal | undefined
    readonly takeProfit: Decimal | undefined
  }
  readonly closed: { readonly price: string; readonly netProfit: Money | undefined }
}

/** Numbered steps with what happened in each. They are progress when the result is wanted as JSON. */
export class Steps {
  readonly #output: Output
  #number = 0

  constructor(output: Output) {
    this.#output = output
  }

  begin(title: string): void {
    this.#number++
    const where = this.#output.isJson ? 'stderr' : 'stdout'
    const number = this.#output.paint('cyan', `${this.#number}.`.padStart(3), where)
    this.#write(
      `${this.#number === 1 ? '' : '\n'}${number} ${this.#output.paint('bold', title, where)}`,
    )
  }

  say(text: string): void {
    this.#write(`    ${text}`)
  }

  #write(text: string): void {
    if (this.#output.isJson) this.#output.note(text)
    else this.#output.line(text)
  }
}

/** How to do the same with the real servers. */
export function nextSteps(output: Output): void {
  output.line(`
${output.paint('green', 'Everything worked.')} The same against the real cTrader:

    1. Register an application at https://openapi.ctrader.com/apps with the redirect URI
       http://127.0.0.1:8080/auth/callback and wait until its status is Active.
    2. export CTRADER_CLIENT_ID=... CTRADER_CLIENT_SECRET=...
       export CTRADER_REDIRECT_URI=http://127.0.0.1:8080/auth/callback
    3. npx ctrader login --env demo
    4. npx ctrader quotes EURUSD --env demo

A sandbox to program against: npx ctrader sandbox --file sandbox.json`)
}
