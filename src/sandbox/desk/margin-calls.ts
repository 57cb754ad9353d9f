import {
  ProtoOANotificationType as NotificationType,
  type ProtoOAMarginCall,
} from '../../protocol/index.ts'
import type { AccountBook, MarginCall } from '../engine/index.ts'
import { invalid } from './refusals.ts'
import type { DeskRefusal } from './trading-desk.ts'

const thresholds = new Map<NotificationType, MarginCall['threshold']>([
  [NotificationType.MARGIN_LEVEL_THRESHOLD_1, 1],
  [NotificationType.MARGIN_LEVEL_THRESHOLD_2, 2],
  [NotificationType.MARGIN_LEVEL_THRESHOLD_3, 3],
])

/** A margin call as its owner wants it, or why that makes no sense. What was told before counts no more. */
export function changedMarginCall(
  book: AccountBook,
  { marginCallType, marginLevelThreshold: level }: ProtoOAMarginCall,
  now: number,
): MarginCall | DeskRefusal {
  const threshold = thresholds.get(marginCallType)
  if (threshold === undefined) return invalid(`Unknown margin call type ${marginCallType}`)
  const { stopOutLevel } = book.account
  if (!(level > stopOutLevel && level <= 1_000_000)) {
    return invalid(
      `Margin level threshold = ${level} should be greater than stop out level = ${stopOutLevel}`,
    )
  }
  return { threshold, level, updatedAt: now, triggeredAt: undefined }
}
