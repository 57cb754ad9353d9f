/** A promise with its settling functions outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T | PromiseLike<T>): void
  reject(reason: unknown): void
}

/** `Promise.withResolvers`, which Node 20 lacks. */
export function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] | undefined
  let reject: Deferred<T>['reject'] | undefined
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  // The executor above has run by now.
  return {
    promise,
    resolve: resolve as Deferred<T>['resolve'],
    reject: reject as Deferred<T>['reject'],
  }
}
