import { SessionError } from '../errors.ts'
import { rollback, type SqlDatabase, text } from './database.ts'

/**
 * Steps from one format to the next: step 0 makes format 1 of an empty file. Published steps never change; a new format
 * is a new step at the end.
 */
const migrations: readonly string[] = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   INSERT INTO meta VALUES ('format', '0'), ('opens', '0'), ('owner', '');

   CREATE TABLE sessions (
     n INTEGER PRIMARY KEY AUTOINCREMENT,
     tenant TEXT NOT NULL,
     id TEXT NOT NULL,
     seq INTEGER NOT NULL,
     messages INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL,
     ttl_ms INTEGER NOT NULL,
     UNIQUE (tenant, id)
   ) STRICT;
   CREATE INDEX sessions_by_age ON sessions (tenant, created_at, id);
   CREATE INDEX sessions_by_end ON sessions (expires_at);

   CREATE TABLE events (
     session INTEGER NOT NULL,
     seq INTEGER NOT NULL,
     type TEXT NOT NULL,
     turn_id TEXT,
     at INTEGER NOT NULL,
     data TEXT NOT NULL,
     PRIMARY KEY (session, seq)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE turns (
     session INTEGER NOT NULL,
     turn_id TEXT NOT NULL,
     start_seq INTEGER NOT NULL,
     end_seq INTEGER,
     ended_at INTEGER,
     PRIMARY KEY (session, turn_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX turns_by_end ON turns (ended_at);

   CREATE TABLE idempotency (
     session INTEGER NOT NULL,
     key TEXT NOT NULL,
     body_hash TEXT NOT NULL,
     turn_id TEXT NOT NULL,
     expires_at INTEGER NOT NULL,
     PRIMARY KEY (session, key)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX idempotency_by_end ON idempotency (expires_at);

   CREATE TABLE ledger (
     tenant TEXT NOT NULL,
     n INTEGER NOT NULL,
     id TEXT NOT NULL,
     session_id TEXT,
     model TEXT NOT NULL,
     provider TEXT,
     at INTEGER NOT NULL,
     input_tokens INTEGER NOT NULL,
     output_tokens INTEGER NOT NULL,
     cache_read_tokens INTEGER NOT NULL,
     cache_write_tokens INTEGER NOT NULL,
     reasoning_tokens INTEGER NOT NULL,
     cost_usd REAL,
     estimated INTEGER,
     PRIMARY KEY (tenant, n),
     UNIQUE (tenant, id)
   ) STRICT, WITHOUT ROWID;`,
]

/**
 * Brings a file to the format of the last step, one transaction per step. SessionError `corrupt` for a newer format and
 * for a file of another program.
 */
export function migrate(db: SqlDatabase, steps: readonly string[] = migrations): void {
  const found = readFormat(db)
  if (found > steps.length) {
    throw new SessionError(
      'corrupt',
      `The file has format ${found}, this version reads up to ${steps.length}: use a newer version of @gateway/session.`,
    )
  }
  for (const [index, step] of steps.entries()) {
    if (index < found) continue
    db.exec('BEGIN IMMEDIATE')
    try {
      db.exec(step)
      db.prepare("UPDATE meta SET value = ? WHERE key = 'format'").run(String(index + 1))
      db.exec('COMMIT')
    } catch (error) {
      rollback(db)
      throw error
    }
  }
}

function readFormat(db: SqlDatabase): number {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  if (tables.length === 0) return 0
  if (!tables.some((table) => table.name === 'meta')) throw foreign()
  const row = db.prepare("SELECT value FROM meta WHERE key = 'format'").get()
  const format = row === undefined ? Number.NaN : Number(text(row, 'value'))
  if (!Number.isSafeInteger(format) || format < 1) throw foreign()
  return format
}

const foreign = () =>
  new SessionError('corrupt', 'The file is a database of another program: give the path of a session store.')
