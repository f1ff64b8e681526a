import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { createSqliteStore } from '../sqlite.ts'
import { day, note, row, seqOf, start } from '../testing/helpers.ts'
import { temporaryFolder } from './fixtures/temporary-folder.ts'

// A file as format 1 left it, in its own words. It must stay as it is, whatever later formats look like.
const formatOne = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('format', '1'), ('opens', '41'), ('owner', 'process 7 on somewhere');
  CREATE TABLE sessions (n INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, id TEXT NOT NULL,
    seq INTEGER NOT NULL, messages INTEGER NOT NULL, bytes INTEGER NOT NULL, created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, ttl_ms INTEGER NOT NULL, UNIQUE (tenant, id)) STRICT;
  CREATE INDEX sessions_by_age ON sessions (tenant, created_at, id);
  CREATE INDEX sessions_by_end ON sessions (expires_at);
  CREATE TABLE events (session INTEGER NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL, turn_id TEXT,
    at INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (session, seq)) STRICT, WITHOUT ROWID;
  CREATE TABLE turns (session INTEGER NOT NULL, turn_id TEXT NOT NULL, start_seq INTEGER NOT NULL, end_seq INTEGER,
    ended_at INTEGER, PRIMARY KEY (session, turn_id)) STRICT, WITHOUT ROWID;
  CREATE INDEX turns_by_end ON turns (ended_at);
  CREATE TABLE idempotency (session INTEGER NOT NULL, key TEXT NOT NULL, body_hash TEXT NOT NULL,
    turn_id TEXT NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (session, key)) STRICT, WITHOUT ROWID;
  CREATE INDEX idempotency_by_end ON idempotency (expires_at);
  CREATE TABLE ledger (tenant TEXT NOT NULL, n INTEGER NOT NULL, id TEXT NOT NULL, session_id TEXT,
    model TEXT NOT NULL, provider TEXT, at INTEGER NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, cache_read_tokens INTEGER NOT NULL, cache_write_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL, cost_usd REAL, estimated INTEGER, PRIMARY KEY (tenant, n),
    UNIQUE (tenant, id)) STRICT, WITHOUT ROWID;
  INSERT INTO sessions VALUES (5, 'acme', 'sess_one', 3, 1, 64, ${start}, ${start}, ${start + day}, ${day});
  INSERT INTO events VALUES
    (5, 1, 'session.created', NULL, ${start}, '{"model":"mock","metadata":{},"ttlMs":${day}}'),
    (5, 2, 'turn.started', 'turn_1', ${start}, '{"model":"mock"}'),
    (5, 3, 'message', 'turn_1', ${start}, '{"messageId":"msg_1","message":{"role":"user","content":"Grüße 🧵"}}');
  INSERT INTO turns VALUES (5, 'turn_1', 2, NULL, NULL);
  INSERT INTO idempotency VALUES (5, 'retry', 'hash', 'turn_1', ${start + day});
  INSERT INTO ledger VALUES ('acme', 1, 'turn_0', NULL, 'mock', NULL, ${start}, 3, 5, 0, 0, 1, NULL, NULL);
`

test('a file that format 1 wrote is opened with all that is in it, and goes on', async () => {
  const folder = temporaryFolder()
  const path = folder.path('sessions.db')
  const old = new DatabaseSync(path)
  old.exec(formatOne)
  old.close()

  const key = { tenant: 'acme', id: 'sess_one' }
  const store = createSqliteStore({ path, now: () => start })
  expect(await store.read(key, { after: 2 })).toEqual([
    {
      v: 1,
      seq: 3,
      type: 'message',
      turnId: 'turn_1',
      at: start,
      data: { messageId: 'msg_1', message: { role: 'user', content: 'Grüße 🧵' } },
    },
  ])
  expect(await store.load(key)).toMatchObject({ seq: 3, messages: 1, bytes: 64, expiresAt: start + day })
  expect(await store.unfinished()).toEqual([{ key, turnId: 'turn_1' }])
  expect(await store.findIdempotent(key, 'retry')).toEqual({
    key: 'retry',
    bodyHash: 'hash',
    turnId: 'turn_1',
  })
  expect((await store.ledger('acme', { limit: 5 })).rows).toEqual([row('turn_0')])
  // Fences of earlier opens are behind those of this one.
  expect((await store.lease(key, 'turn_2'))?.fence).toBeGreaterThanOrEqual(42 * 2 ** 30)
  expect(seqOf(await store.append(key, [note(1)], { expectedSeq: 3 }))).toBe(4)
  await store.close()
  folder.remove()
})
