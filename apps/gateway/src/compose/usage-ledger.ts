import { isSessionError, type LedgerRow } from '@gateway/session'
import type { Logger } from 'pino'

/** Usage rows on their way into the store. */
export interface UsageLedger {
  /** Takes a row; it is written within a second. */
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
  /** Rows that wait at most while the store takes none; beyond that the oldest are lost, and the log says so. @defaultValue 50000 */
  maxRows?: number | undefined
  /** Runs something later, unless what it returns is called before. @defaultValue the platform's timers */
  later?: ((run: () => void, ms: number) => () => void) | undefined
}

const setTimer = (run: () => void, ms: number): (() => void) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

// One transaction: a few milliseconds during which nothing else runs.
const batchRows = 500

/**
 * Gathers usage rows, so that an answer never waits for a disk and a busy second costs one flush and not thousands. A
 * process that dies takes the rows of its last second with it: what it relayed is answered, and not metered.
 */
export const createUsageLedger = (options: UsageLedgerOptions): UsageLedger => {
  const { record, log, delayMs = 1000, maxRows = 50_000, later = setTimer } = options
  let waiting: LedgerRow[] = []
  let cancel: (() => void) | undefined
  let writing: Promise<void> | undefined

  const drop = (rows: number, error?: unknown) =>
    log.error({ rows, ...(error !== undefined && { err: error }) }, 'usage rows are lost')

  const writeAll = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, batchRows)
      try {
        await record(batch)
      } catch (error) {
        // What the store will never take must not stand in the way of the rest.
        if (!isSessionError(error) || error.code === 'invalid') drop(batch.length, error)
        else {
          waiting = [...batch, ...waiting]
          throw error
        }
      }
    }
  }

  const flush = async () => {
    cancel?.()
    cancel = undefined
    try {
      writing ??= writeAll().finally(() => {
        writing = undefined
      })
      await writing
    } catch (error) {
      // They stay, and are written with the next ones; one row written twice is one row.
      log.warn({ err: error, rows: waiting.length }, 'usage rows could not be written')
    }
  }

  return {
    add(row) {
      waiting.push(row)
      if (waiting.length > maxRows) drop(waiting.splice(0, Math.ceil(maxRows / 10)).length)
      cancel ??= later(() => void flush(), delayMs)
    },
    flush,
  }
}
