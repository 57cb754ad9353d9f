/** A place of the operating system for one key of 32 bytes. */
export interface Keychain {
  /** Undefined when there is none. */
  read(signal: AbortSignal): Promise<Uint8Array | undefined>
  write(key: Uint8Array, signal: AbortSignal): Promise<void>
}

/** Opens the operating system's. The driver is loaded here and nowhere else. */
export async function openKeychain(service: string, account: string): Promise<Keychain> {
  const { AsyncEntry } = await import('@napi-rs/keyring')
  const entry = new AsyncEntry(service, account)
  return {
    async read(signal) {
      const secret = await entry.getSecret(signal)
      return secret === null ? undefined : Uint8Array.from(secret)
    },
    write: (key, signal) => entry.setSecret(key, signal),
  }
}
