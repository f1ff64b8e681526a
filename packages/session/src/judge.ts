import type { EncodedBatch } from './encode.ts'
import { SessionError } from './errors.ts'
import { checkText } from './keys.ts'
import { checkLedgerRow } from './ledger-row.ts'
import type { AppendOptions, AppendResult, IdempotencyRecord } from './store.ts'

/** What an append is judged against. */
export interface Standing {
  seq: number
  messages: number
  bytes: number
  /** Fence of the lease that is held now. */
  fence: number | undefined
  /** The remembered request of the append's idempotency key. */
  known: IdempotencyRecord | undefined
}

/**
 * Decides an append before anything is written. The order matters: a retried request is answered as a duplicate even
 * though its expected seq has passed and its lease is gone.
 */
export function judge(
  standing: Standing,
  batch: EncodedBatch,
  options: AppendOptions,
): AppendResult | undefined {
  const { expectedSeq, fence, maxMessages, maxBytes } = options
  if (standing.known !== undefined) {
    return { status: 'duplicate', turnId: standing.known.turnId, bodyHash: standing.known.bodyHash }
  }
  if (fence !== undefined && fence !== standing.fence) {
    throw new SessionError(
      'fenced',
      `The lease with fence ${fence} is not held any more: nothing was written.`,
    )
  }
  if (expectedSeq !== undefined && expectedSeq !== standing.seq) {
    throw new SessionError(
      'conflict',
      `The log ends at ${standing.seq}, not at ${expectedSeq}: read on and try again.`,
    )
  }
  if (maxMessages !== undefined && standing.messages + batch.messages > maxMessages) {
    throw new SessionError(
      'limit',
      `The session holds ${standing.messages} of at most ${maxMessages} messages: fork it at an earlier point or start a new one.`,
    )
  }
  if (maxBytes !== undefined && standing.bytes + batch.bytes > maxBytes) {
    throw new SessionError(
      'limit',
      `The session holds ${standing.bytes} of at most ${maxBytes} bytes, ${batch.bytes} more do not fit: start a new one.`,
    )
  }
  return undefined
}

/** Checks the companions of an append, so that what reaches a transaction can be written. */
export function checkAppendOptions(options: AppendOptions): void {
  const { idempotency, ledger, ttlMs } = options
  if (idempotency !== undefined) {
    checkText('idempotency key', idempotency.key)
    checkText('body hash', idempotency.bodyHash)
    checkText('turn id', idempotency.turnId)
  }
  if (ledger !== undefined) checkLedgerRow(ledger)
  if (ttlMs !== undefined) checkTtl(ttlMs)
}

// 300 years; with it an end of life is always a number that can be counted with.
const longestTtlMs = 1e13

/** Throws SessionError `invalid` unless the life time is a positive whole number of milliseconds. */
export function checkTtl(ttlMs: number): void {
  if (Number.isSafeInteger(ttlMs) && ttlMs > 0 && ttlMs <= longestTtlMs) return
  throw new SessionError(
    'invalid',
    `The life time ${String(ttlMs)} is not a whole number of milliseconds from 1 to ${longestTtlMs}.`,
  )
}
