import { isSessionError, type LedgerRow } from '@gateway/session'
import type { Logger } from 'pino'

/** Usage rows on their way into the store. */
export interface UsageLedger {
  /** Takes a row; it is written within a second, or with the next ones that make a batch. */
  add(row: LedgerRow): void
  /** Writes what waits, now. */
  flush(): Promise<void>
}

/** Options of {@link createUsageLedger}. */
export interface UsageLedgerOptions {
  record(rows: readonly LedgerRow[]): Promise<void>
  log: Logger
  /** Milliseconds that a row waits at most for others. @defaultValue 1000 */
  delayMs?: number | undefined
  /** Rows that are written at once, without waiting for more. @defaultValue 200 */
  batchRows?: number | undefined
  /** Rows that wait at most while the store takes none; beyond that the oldest are lost, and the log says so. @defaultValue 50000 */
  maxRows?: number | undefined
  /** Runs something later, unless what it returns is called before. @defaultValue the platform's timers */
  later?: ((run: () => void, ms: number) => () => void) | undefined
}

const setTimer = (run: () => void, ms: number): (() => void) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/**
 * Gathers usage rows, so that an answer never waits for a disk and a batch costs one flush. A batch is small enough that
 * its transaction, during which nothing else runs, is short, and that under load most of its rows are gone before the
 * garbage collector moves them.
 *
 * A process that dies takes the rows of its last second with it: what it relayed is answered, and not metered.
 */
export const createUsageLedger = (options: UsageLedgerOptions): UsageLedger => {
  const { record, log, delayMs = 1000, batchRows = 200, maxRows = 50_000, later = setTimer } = options
  let waiting: LedgerRow[] = []
  let cancel: (() => void) | undefined
  let writing: Promise<void> | undefined
  let isRefused = false

  const drop = (rows: number) => log.error({ rows }, 'usage rows are lost')

  const writeBatch = async () => {
    const batch = waiting.splice(0, batchRows)
    try {
      await record(batch)
    } catch (error) {
      if (isSessionError(error) && error.code !== 'invalid') {
        waiting = [...batch, ...waiting]
        throw error
      }
      // What the store will never take must not stand in the way of the rest. The error says how many that is.
      log.error({ err: error, batch: batch.length }, 'usage rows are lost')
    }
  }

  const writeAll = async (least: number) => {
    try {
      while (waiting.length >= least) await writeBatch()
      isRefused = false
    } catch (error) {
      // They stay, and are written with the next ones; one row written twice is one row.
      isRefused = true
      log.warn({ err: error, rows: waiting.length }, 'usage rows could not be written')
    }
  }

  // After a full batch those that came meanwhile wait for others again: under load they would be a flush each.
  const write = (least: number): Promise<void> => {
    cancel?.()
    cancel = undefined
    writing ??= writeAll(least).finally(() => {
      writing = undefined
    })
    return writing
  }

  const flush = async () => {
    while (writing !== undefined) await writing
    await write(1)
  }

  return {
    add(row) {
      waiting.push(row)
      if (waiting.length > maxRows) drop(waiting.splice(0, Math.ceil(maxRows / 10)).length)
      // A store that takes none is asked now and then only: it may block until it says so.
      if (waiting.length >= batchRows && writing === undefined && !isRefused) void write(batchRows)
      else cancel ??= later(() => void flush(), delayMs)
    },
    flush,
  }
}
