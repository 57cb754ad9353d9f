import type { Application, Ctid } from './identity/index.ts'
import type { Random } from './random.ts'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export interface NewApplication {
  /** Shown on the consent page. */
  readonly name: string
  /** Shown below the name. @defaultValue none */
  readonly description?: string
  /** @defaultValue 'desktop' */
  readonly type?: Application['type']
  readonly redirectUris: readonly string[]
  /** A `submitted` one is refused until it has been reviewed. @defaultValue 'active' */
  readonly status?: Application['status']
}

/** Makes the ids and secrets of applications and people, in the original's lengths. */
export class Credentials {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  application(given: NewApplication): Application {
    const { name, description = '', type = 'desktop', redirectUris, status = 'active' } = given
    const number = 1000 + this.#random.integer(9000)
    return {
      clientId: `${number}_${this.#random.token(50, letters)}`,
      clientSecret: this.secret(),
      ...{ name, description, type },
      redirectUris: [...redirectUris],
      status,
    }
  }

  secret(): string {
    return this.#random.token(50, letters)
  }

  ctid(username: string, accountIds: readonly number[]): Ctid {
    const userId = 100_000 + this.#random.integer(900_000)
    return { userId, username, password: this.#random.token(12, letters), accountIds }
  }
}
