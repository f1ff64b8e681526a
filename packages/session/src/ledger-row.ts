import { isSessionError, SessionError } from './errors.ts'
import { checkText } from './keys.ts'
import type { LedgerRow } from './types.ts'

/** Rows of one call, told apart. */
export interface CheckedRows {
  /** What a store can keep exactly. */
  rows: LedgerRow[]
  /** SessionError `invalid` that says why a store keeps no more than that; undefined when these are all. */
  refusal: SessionError | undefined
}

/** Checks each row once. A row that cannot be stored takes none of the others with it. */
export function checkLedgerRows(given: readonly LedgerRow[]): CheckedRows {
  const rows: LedgerRow[] = []
  let first: SessionError | undefined
  for (const row of given) {
    try {
      checkLedgerRow(row)
      rows.push(row)
    } catch (error) {
      if (!isSessionError(error)) throw error
      first ??= error
    }
  }
  return { rows, refusal: first && toRefusal(first, given.length - rows.length, given.length) }
}

const toRefusal = (first: SessionError, refused: number, given: number): SessionError =>
  new SessionError(
    'invalid',
    `${refused} of ${given} usage rows cannot be stored, the others are: ${first.message}`,
    { cause: first },
  )

/** Throws SessionError `invalid` for a row that a store could not keep exactly. */
export function checkLedgerRow(row: LedgerRow): void {
  checkText('tenant', row.tenant, 256)
  checkText('ledger id', row.id)
  checkText('model', row.model)
  if (row.sessionId !== undefined) checkText('session id', row.sessionId, 256)
  if (row.provider !== undefined) checkText('provider', row.provider)
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = row.usage
  const isCountable =
    Number.isSafeInteger(row.at) &&
    Number.isSafeInteger(inputTokens) &&
    Number.isSafeInteger(outputTokens) &&
    Number.isSafeInteger(cacheReadTokens) &&
    Number.isSafeInteger(cacheWriteTokens) &&
    Number.isSafeInteger(reasoningTokens)
  if (isCountable && (row.costUsd === undefined || Number.isFinite(row.costUsd))) return
  throw new SessionError(
    'invalid',
    `The usage row ${JSON.stringify(row.id)} has a number that cannot be counted with.`,
  )
}
