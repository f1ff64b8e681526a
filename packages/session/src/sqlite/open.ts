/// <reference types="node" />
import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { pid } from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { SessionError } from '../errors.ts'
import { isBusy, type SqlDatabase, text, toSessionError } from './database.ts'
import { migrate } from './schema.ts'

/** An open file that this process owns until it is closed. */
export interface OwnedDatabase {
  db: SqlDatabase
  /** Counts how often the file was opened; fences of leases grow with it. */
  opens: number
  close(): void
}

/** Opens a connection. Tests put faults into it. */
export type Connect = (path: string) => SqlDatabase

const connectNode: Connect = (path) => new DatabaseSync(path)

/**
 * Opens a file as its only owner, makes its folder where it is missing, and brings it to this version's format.
 * SessionError `unavailable` when another store owns it, `corrupt` when it cannot be read.
 */
export function openOwned(
  path: string,
  busyTimeoutMs: number,
  now: () => number,
  connect: Connect = connectNode,
): OwnedDatabase {
  if (path === '' || path.startsWith(':memory:') || path.startsWith('file:')) {
    throw new SessionError(
      'invalid',
      `${JSON.stringify(path)} is no file path: use createMemoryStore for memory.`,
    )
  }
  const open: SqlDatabase[] = []
  const close = () => {
    for (const db of open.splice(0)) db.close()
  }
  try {
    // Conversations are nobody else's business: a folder that is made here is its owner's alone.
    makeFolder(dirname(path))
    const db = connect(path)
    open.push(db)
    // The real path, so that a symbolic link does not lead around the lock. Pushed last, it is closed last.
    open.push(lock(realpathSync(path), db))
    prepare(db, busyTimeoutMs)
    migrate(db)
    return { db, opens: enter(db, now()), close }
  } catch (error) {
    close()
    throw toSessionError(error, `Opening ${path}`)
  }
}

// Not `recursive`: on Node 24 that never returns for a folder that cannot be made because its parent refuses any.
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/**
 * Owns a file by an exclusive transaction on a second file beside it: the operating system ends it with the process,
 * however that ends, and the store's own file stays readable for backups and the sqlite3 command.
 */
function lock(path: string, db: SqlDatabase): SqlDatabase {
  const owner = new DatabaseSync(`${path}-lock`)
  try {
    owner.exec('PRAGMA busy_timeout = 0')
    owner.exec('BEGIN EXCLUSIVE')
    return owner
  } catch (error) {
    owner.close()
    if (!isBusy(error)) throw error
    throw new SessionError(
      'unavailable',
      `${path} is in use by ${ownerOf(db)}: stop it first, or give this store a file of its own. One process owns a file.`,
      { cause: error },
    )
  }
}

function ownerOf(db: SqlDatabase): string {
  try {
    const row = db.prepare("SELECT value FROM meta WHERE key = 'owner'").get()
    if (row !== undefined && row.value !== '') return text(row, 'value')
  } catch (error) {
    // Between the owner's lock and its first commit the file is empty or locked: then its name is not known yet.
    if (toSessionError(error, 'Reading the owner').code === 'corrupt') throw error
  }
  return 'another process'
}

function prepare(db: SqlDatabase, busyTimeoutMs: number): void {
  db.exec(`PRAGMA busy_timeout = ${Math.trunc(busyTimeoutMs)}`)
  const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode
  if (mode !== 'wal') {
    throw new SessionError(
      'unavailable',
      `The file system allows no write-ahead log (journal mode ${String(mode)}).`,
    )
  }
  // Some builds default to NORMAL with a write-ahead log, which loses the last commits in a power cut.
  db.exec('PRAGMA synchronous = FULL')
}

/** Notes who owns the file from now on. */
function enter(db: SqlDatabase, now: number): number {
  const since = new Date(now).toISOString()
  db.prepare("UPDATE meta SET value = ? WHERE key = 'owner'").run(
    `process ${pid} on ${hostname()} since ${since}`,
  )
  const row = db.prepare("UPDATE meta SET value = value + 1 WHERE key = 'opens' RETURNING value").get()
  return Number(row?.value)
}
