import { SessionError } from '../errors.ts'

/** What SQLite takes and gives. */
export type SqlValue = null | number | bigint | string | Uint8Array

/** A row of a result. */
export type SqlRow = Record<string, unknown>

/** The part of a prepared statement that the store uses. */
export interface SqlStatement {
  run(...values: SqlValue[]): unknown
  get(...values: SqlValue[]): SqlRow | undefined
  all(...values: SqlValue[]): SqlRow[]
  iterate(...values: SqlValue[]): Iterable<SqlRow>
}

/** The part of a synchronous SQLite client that the store uses; `DatabaseSync` of `node:sqlite` fits. */
export interface SqlDatabase {
  exec(sql: string): void
  prepare(sql: string): SqlStatement
  close(): void
}

// Primary result codes, https://www.sqlite.org/rescode.html
const busy = 5
const readOnly = 8
const corrupt = 11
const full = 13
const notADatabase = 26

/** SQLite's primary result code of an error; undefined for other errors. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  // The higher bits hold the extended code.
  return error.errcode & 0xff
}

/** True when another connection holds a lock that is wanted here. */
export const isBusy = (error: unknown): boolean => resultCode(error) === busy

/** What a failure of SQLite means for the caller of the store. A SessionError passes as it is. */
export function toSessionError(cause: unknown, doing: string): SessionError {
  if (cause instanceof SessionError) return cause
  const code = resultCode(cause)
  if (code === corrupt || code === notADatabase) {
    return new SessionError(
      'corrupt',
      `${doing} failed: the file is damaged or no SQLite file; restore a backup.`,
      {
        cause,
      },
    )
  }
  return new SessionError('unavailable', `${doing} failed: ${reason(code, cause)}; nothing was written.`, {
    cause,
  })
}

function reason(code: number | undefined, cause: unknown): string {
  if (code === busy) return 'another program keeps the file locked, try again'
  if (code === full) return 'the disk is full, free some space'
  if (code === readOnly) return 'the file is read-only'
  return cause instanceof Error ? cause.message : String(cause)
}

/** A whole number of a row; SessionError `corrupt` for anything else. */
export function integer(row: SqlRow, column: string): number {
  const value = row[column]
  if (typeof value === 'number') return value
  throw new SessionError('corrupt', `The column ${column} holds no number.`)
}

/** A text of a row; SessionError `corrupt` for anything else. */
export function text(row: SqlRow, column: string): string {
  const value = row[column]
  if (typeof value === 'string') return value
  throw new SessionError('corrupt', `The column ${column} holds no text.`)
}

/** A text of a row, or undefined for NULL. */
export const optionalText = (row: SqlRow, column: string): string | undefined =>
  row[column] === null ? undefined : text(row, column)

/** Undoes the open transaction, if there is one. */
export function rollback(db: SqlDatabase): void {
  try {
    db.exec('ROLLBACK')
  } catch {
    // SQLite has undone the transaction itself after some errors (full, I/O), or BEGIN had failed: there is none to undo.
    // A transaction that really stayed open would make the next BEGIN fail, loudly.
  }
}
