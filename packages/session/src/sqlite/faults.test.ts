import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { SessionStore } from '../store.ts'
import {
  codeOf,
  createSession,
  event,
  key,
  never,
  note,
  numbers,
  row,
  seqs,
  take,
} from '../testing/helpers.ts'
import type { SqlDatabase, SqlStatement } from './database.ts'
import { temporaryFolder } from './fixtures/temporary-folder.ts'
import { openOwned } from './open.ts'
import { createStoreOver } from './store.ts'

/** A connection whose n-th call from `arm(n)` on fails as a broken disk would. */
function faulty(path: string): { db: SqlDatabase; arm(call: number): void; hasFired(): boolean } {
  const real = new DatabaseSync(path)
  let left = 0
  const step = <T>(run: () => T): T => {
    left -= 1
    if (left === 0) throw Object.assign(new Error('disk I/O error'), { errcode: 10 })
    return run()
  }
  const wrap = (statement: SqlStatement): SqlStatement => ({
    run: (...values) => step(() => statement.run(...values)),
    get: (...values) => step(() => statement.get(...values)),
    all: (...values) => step(() => statement.all(...values)),
    iterate: (...values) => step(() => statement.iterate(...values)),
  })
  return {
    db: {
      exec: (sql) => step(() => real.exec(sql)),
      prepare: (sql) => wrap(real.prepare(sql)),
      close: () => real.close(),
    },
    arm: (call) => {
      left = call
    },
    hasFired: () => left <= 0,
  }
}

const open = (path: string, connect?: (path: string) => SqlDatabase): SessionStore =>
  createStoreOver(openOwned(path, 100, Date.now, connect), Date.now, 1000)

test('whichever call of a commit fails, nothing of it is there, nothing was acknowledged, and the store goes on', async () => {
  const folder = temporaryFolder()
  const path = folder.path('sessions.db')
  let isDone = false
  let faults = 0
  for (let call = 1; !isDone; call += 1) {
    const connection = { current: faulty(path) }
    const store = open(path, () => connection.current.db)
    const at = { ...key, id: `sess_${call}` }
    await createSession(store, at)
    const live = take(store.tail(at, { after: 1, signal: never() }), 1)
    await store.append(at, [])
    connection.current.arm(call)
    const idempotency = { key: 'k', bodyHash: 'h', turnId: 't' }
    const codes = await Promise.all([
      codeOf(
        store.append(at, [event('turn.started', {}, 't'), note(1)], { idempotency, ledger: row(`r${call}`) }),
      ),
      codeOf(store.append(at, [note(2)])),
      codeOf(store.append(at, [event('turn.failed', {}, 't')])),
    ])
    isDone = !connection.current.hasFired()
    connection.current.arm(0)
    if (isDone) expect(codes).toEqual(['no error', 'no error', 'no error'])
    else {
      faults += 1
      expect(codes).toEqual(['unavailable', 'unavailable', 'unavailable'])
      expect(seqs(await store.read(at))).toEqual([1])
      expect(await store.findIdempotent(at, 'k')).toBe(undefined)
      expect(await store.unfinished()).toEqual([])
      await store.append(at, [note(3)], { expectedSeq: 1 })
    }
    // Followers saw nothing of what failed.
    expect((await live)[0]?.data).toEqual(isDone ? {} : { n: 3 })
    await store.close()
    const again = open(path)
    expect(numbers(await again.read(at))).toEqual(isDone ? [1, 2] : [3])
    await again.close()
  }
  expect(faults).toBeGreaterThan(12)
  folder.remove()
})

test('whichever call of a commit fails, usage rows are written together or not at all, and can be written again', async () => {
  const folder = temporaryFolder()
  const path = folder.path('sessions.db')
  const written: string[] = []
  let isDone = false
  for (let call = 1; !isDone; call += 1) {
    const connection = { current: faulty(path) }
    const store = open(path, () => connection.current.db)
    const ids = async () => (await store.ledger(key.tenant, { limit: 1000 })).rows.map(({ id }) => id)
    const wanted = [1, 2, 3].map((n) => `req_${call}_${n}`)
    connection.current.arm(call)
    const code = await codeOf(store.record(wanted.map((id) => row(id))))
    isDone = !connection.current.hasFired()
    connection.current.arm(0)
    expect([code, await ids()]).toEqual(
      isDone ? ['no error', [...written, ...wanted]] : ['unavailable', written],
    )
    await store.record(wanted.map((id) => row(id)))
    written.push(...wanted)
    expect(await ids()).toEqual(written)
    await store.close()
  }
  // Begin, three rows and the number of the first, commit: all of them failed once.
  expect(written.length / 3).toBeGreaterThan(6)
  folder.remove()
})

test('a full disk fails appends as unavailable, keeps what there is readable, and passes when there is space', async () => {
  const folder = temporaryFolder()
  const held: DatabaseSync[] = []
  const store = open(folder.path('sessions.db'), (path) => {
    const db = new DatabaseSync(path)
    held.push(db)
    return db
  })
  await createSession(store)
  await store.append(key, [note(1)])
  const { page_count: pages } = held[0]?.prepare('PRAGMA page_count').get() ?? {}
  held[0]?.exec(`PRAGMA max_page_count = ${Number(pages) + 2}`)
  const large = event('note', { n: 2, text: 'x'.repeat(100_000) })
  expect(
    await Promise.all([codeOf(store.append(key, [note(9)])), codeOf(store.append(key, [large]))]),
  ).toEqual(['unavailable', 'unavailable'])
  await expect(store.append(key, [large])).rejects.toThrow('the disk is full')
  expect(numbers(await store.read(key))).toEqual([1])
  await store.append(key, [note(3)])
  held[0]?.exec('PRAGMA max_page_count = 1000000')
  await store.append(key, [large])
  expect(numbers(await store.read(key))).toEqual([1, 3, 2])
  await store.close()
  folder.remove()
})

test('a lock that another program holds too long fails appends as unavailable, until it lets go', async () => {
  const folder = temporaryFolder()
  const path = folder.path('sessions.db')
  const store = open(path)
  await createSession(store)
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  await expect(store.append(key, [note(1)])).rejects.toThrow('another program keeps the file locked')
  other.exec('ROLLBACK')
  other.close()
  await store.append(key, [note(2)])
  expect(numbers(await store.read(key))).toEqual([2])
  await store.close()
  folder.remove()
})

test('a damaged event is corrupt, and does not hide the others', async () => {
  const folder = temporaryFolder()
  const path = folder.path('sessions.db')
  const store = open(path)
  await createSession(store)
  await store.append(key, [note(1), note(2)])
  const other = new DatabaseSync(path)
  other.exec('UPDATE events SET data = \'{"n":\' WHERE seq = 2')
  other.close()
  expect(await codeOf(store.read(key))).toBe('corrupt')
  await expect(store.read(key)).rejects.toThrow('Event 2 of the log')
  expect(numbers(await store.read(key, { after: 2 }))).toEqual([2])
  await store.close()
  folder.remove()
})

test('writes of one turn of the event loop share a transaction, and none waits for another turn', async () => {
  const folder = temporaryFolder()
  let commits = 0
  const store = open(folder.path('sessions.db'), (path) => {
    const db = new DatabaseSync(path)
    return {
      exec: (sql) => db.exec(sql),
      close: () => db.close(),
      prepare: (sql) => {
        const statement = db.prepare(sql)
        if (sql !== 'COMMIT') return statement
        return {
          run: () => {
            commits += 1
            return statement.run()
          },
          get: () => statement.get(),
          all: () => statement.all(),
          iterate: () => statement.iterate(),
        }
      },
    }
  })
  await createSession(store)
  commits = 0
  await Promise.all(Array.from({ length: 50 }, (_, n) => store.append(key, [note(n)])))
  expect(commits).toBe(1)
  await store.append(key, [note(50)])
  expect(commits).toBe(2)
  await store.record(Array.from({ length: 500 }, (_, n) => row(`req_${n}`)))
  expect(commits).toBe(3)
  // Closing commits what waits.
  const last = store.append(key, [note(51)])
  await store.close()
  expect((await last).status).toBe('appended')
  folder.remove()
})
