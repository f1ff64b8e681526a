import { chmodSync, existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { createSqliteStore } from '../sqlite.ts'
import { codeOf, createSession, key, seqs } from '../testing/helpers.ts'
import { temporaryFolder } from './fixtures/temporary-folder.ts'
import { openOwned } from './open.ts'
import { migrate } from './schema.ts'

test('a second store in the same process is refused until the first is closed', async () => {
  const folder = temporaryFolder()
  const path = folder.path('sessions.db')
  const first = createSqliteStore({ path })
  expect(() => createSqliteStore({ path })).toThrow(`in use by process ${process.pid} on `)
  // The refused one must not have let go of the first one's lock.
  expect(() => createSqliteStore({ path })).toThrow('stop it first')
  await createSession(first)
  await first.close()
  const second = createSqliteStore({ path })
  expect(seqs(await second.read(key))).toEqual([1])
  await second.close()
  folder.remove()
})

test('folders that are missing are made, and one that cannot be made is an error at once', async () => {
  const folder = temporaryFolder()
  await createSqliteStore({ path: folder.path('a/b/c.db') }).close()
  expect(existsSync(folder.path('a/b/c.db'))).toBe(true)
  // A file where a folder should be, and a file system that takes none.
  for (const path of [folder.path('a/b/c.db/d/e.db'), '/proc/none/x.db']) {
    expect(() => createSqliteStore({ path })).toThrow(expect.objectContaining({ code: 'unavailable' }))
  }
  folder.remove()
})

test('a symbolic link leads to the same lock', async () => {
  const folder = temporaryFolder()
  const store = createSqliteStore({ path: folder.path('sessions.db') })
  symlinkSync(folder.path('sessions.db'), folder.path('link.db'))
  expect(() => createSqliteStore({ path: folder.path('link.db') })).toThrow('in use by')
  await store.close()
  folder.remove()
})

test('the file stays readable for other programs while it is owned', async () => {
  const folder = temporaryFolder()
  const store = createSqliteStore({ path: folder.path('sessions.db') })
  await createSession(store)
  const reader = new DatabaseSync(folder.path('sessions.db'), { readOnly: true })
  expect(reader.prepare('SELECT tenant, id, seq FROM sessions').all()).toEqual([{ ...key, seq: 1 }])
  expect(reader.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  reader.close()
  await store.close()
  folder.remove()
})

test('missing folders are made, and what is no file path is refused', async () => {
  const folder = temporaryFolder()
  await createSqliteStore({ path: folder.path('a/b/sessions.db') }).close()
  expect(existsSync(folder.path('a/b/sessions.db'))).toBe(true)
  expect(statSync(folder.path('a/b')).mode & 0o777).toBe(0o700)
  for (const path of ['', ':memory:', 'file:x?mode=memory']) {
    expect(await codeOf((async () => createSqliteStore({ path }))())).toBe('invalid')
  }
  writeFileSync(folder.path('plain'), '')
  expect(await codeOf((async () => createSqliteStore({ path: folder.path('plain/x.db') }))())).toBe(
    'unavailable',
  )
  folder.remove()
})

test('a damaged file and a file of another program are refused and left as they are', async () => {
  const folder = temporaryFolder()
  writeFileSync(
    folder.path('text.db'),
    'This is not a database, and it is long enough to be read as one.'.repeat(40),
  )
  expect(await codeOf((async () => createSqliteStore({ path: folder.path('text.db') }))())).toBe('corrupt')

  const other = new DatabaseSync(folder.path('other.db'))
  other.exec('CREATE TABLE recipes (name TEXT); CREATE TABLE meta (key TEXT, value TEXT)')
  other.close()
  expect(() => createSqliteStore({ path: folder.path('other.db') })).toThrow('another program')
  const again = new DatabaseSync(folder.path('other.db'))
  expect(again.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table'").get()).toEqual({
    n: 2,
  })
  again.close()
  folder.remove()
})

test('a newer format is refused, with what to do about it', async () => {
  const folder = temporaryFolder()
  const path = folder.path('sessions.db')
  await createSqliteStore({ path }).close()
  const db = new DatabaseSync(path)
  db.exec("UPDATE meta SET value = '99' WHERE key = 'format'")
  db.close()
  expect(await codeOf((async () => createSqliteStore({ path }))())).toBe('corrupt')
  expect(() => createSqliteStore({ path })).toThrow('The file has format 99')
  folder.remove()
})

test('migrations run in order from where the file stands, each as a whole or not at all', () => {
  const db = new DatabaseSync(':memory:')
  const first = "CREATE TABLE meta (key TEXT, value TEXT); INSERT INTO meta VALUES ('format', '0')"
  migrate(db, [first])
  migrate(db, [first, 'CREATE TABLE two (a)', 'ALTER TABLE two ADD COLUMN b'])
  migrate(db, [first, 'CREATE TABLE two (a)', 'ALTER TABLE two ADD COLUMN b'])
  db.exec('INSERT INTO two VALUES (1, 2)')
  const broken = [
    first,
    'CREATE TABLE two (a)',
    'ALTER TABLE two ADD COLUMN b',
    'CREATE TABLE four (a); CREATE TABLE two (a)',
  ]
  expect(() => migrate(db, broken)).toThrow('two already exists')
  expect(db.prepare("SELECT value FROM meta WHERE key = 'format'").get()).toEqual({ value: '3' })
  expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'four'").all()).toEqual([])
  db.close()
})

test('a folder that cannot be written to is unavailable, not corrupt', async () => {
  const folder = temporaryFolder()
  const path = folder.path('locked.db')
  await createSqliteStore({ path }).close()
  chmodSync(path, 0o444)
  const db = new DatabaseSync(path)
  let writable = true
  try {
    db.exec('BEGIN IMMEDIATE; ROLLBACK')
  } catch {
    writable = false
  }
  db.close()
  // Root writes wherever it likes, and then there is nothing to refuse.
  const code = await codeOf((async () => createSqliteStore({ path }).close())())
  expect(code).toBe(writable ? 'no error' : 'unavailable')
  folder.remove()
})

test('appends are as durable as the store says: a write-ahead log that is synced at each commit', async () => {
  const folder = temporaryFolder()
  const path = folder.path('sessions.db')
  const file = openOwned(path, 100, Date.now)
  expect(file.db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  // 2 = FULL, https://www.sqlite.org/pragma.html#pragma_synchronous
  expect(file.db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
  file.close()
  const store = createSqliteStore({ path })
  expect([store.kind, store.durability]).toEqual(['sqlite', 'power-loss'])
  await store.close()
  folder.remove()
})
