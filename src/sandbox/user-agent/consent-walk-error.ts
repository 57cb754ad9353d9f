import { CTraderError, type CTraderErrorOptions } from '../../errors.ts'

/** A walk through the consent pages did not reach its end. */
export class ConsentWalkError extends CTraderError {
  constructor(summary: string, options: CTraderErrorOptions = {}) {
    super('CONSENT_WALK_FAILED', summary, options)
  }
}
