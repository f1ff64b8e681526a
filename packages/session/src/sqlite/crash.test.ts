import { type ChildProcess, spawn } from 'node:child_process'
import { execPath } from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createSqliteStore } from '../sqlite.ts'
import type { SessionStore } from '../store.ts'
import { codeOf } from '../testing/helpers.ts'
import { temporaryFolder } from './fixtures/temporary-folder.ts'

const writer = fileURLToPath(new URL('./fixtures/append-forever.ts', import.meta.url))

/** More by `CRASH_ROUNDS=10000 vitest run crash`. */
const rounds = Number(process.env.CRASH_ROUNDS ?? 10)

const startWriter = (path: string, round: number): ChildProcess =>
  spawn(execPath, ['--conditions=@gateway/source', writer, path, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })

/** Lets a writer work until it has acknowledged a number of appends, then kills it; returns what was acknowledged. */
async function killAfter(child: ChildProcess, acknowledgements: number): Promise<string[]> {
  if (child.stdout === null) throw new Error('the writer has no output')
  const seen: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    // Whatever it still printed before the signal reached it was acknowledged too.
    if (line !== 'open') seen.push(line)
    if (seen.length === acknowledgements) child.kill('SIGKILL')
  }
  return seen
}

async function readValues(store: SessionStore, id: string): Promise<unknown[]> {
  const events = (await store.read({ tenant: 'crash', id })) ?? []
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  // Every note has its delta: an append is there as a whole or not at all.
  const types = events.slice(1).map(({ type }) => type)
  expect(types).toEqual(types.map((_, index) => (index % 2 === 0 ? 'note' : 'delta')))
  return events.filter(({ type }) => type === 'note').map(({ data }) => data.value)
}

test(`every acknowledged append and usage row survives kill -9 exactly once, ${rounds} times over`, {
  timeout: 600_000,
}, async () => {
  const folder = temporaryFolder()
  const path = folder.path('sessions.db')
  const acknowledged: string[] = []
  for (let round = 0; round < rounds; round += 1) {
    acknowledged.push(...(await killAfter(startWriter(path, round), 1 + ((round * 37) % 120))))
    const store = createSqliteStore({ path })
    const found = (await Promise.all(['a', 'b', 'c', 'd'].map((id) => readValues(store, id)))).flat()
    const { rows } = await store.ledger('crash', { limit: 1_000_000 })
    // Rows that were written together are there together.
    expect(rows.length % 3).toBe(0)
    found.push(...rows.map(({ id }) => id))
    expect(new Set(found).size).toBe(found.length)
    const missing = new Set(acknowledged).difference(new Set(found))
    expect([...missing]).toEqual([])
    for (const last of acknowledged.filter((value) => !value.startsWith('req/')).slice(-1)) {
      const key = { tenant: 'crash', id: last.slice(0, 1) }
      expect(await store.findIdempotent(key, last)).toEqual({ key: last, bodyHash: 'hash', turnId: last })
    }
    await store.close()
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(rounds)
  folder.remove()
})

test('a second process is refused, and told who owns the file, until the owner is killed', {
  timeout: 60_000,
}, async () => {
  const folder = temporaryFolder()
  const path = folder.path('sessions.db')
  const child = startWriter(path, 0)
  const { stdout } = child
  if (stdout === null) throw new Error('the writer has no output')
  await new Promise((resolve) => stdout.once('data', resolve))
  const open = async () => createSqliteStore({ path })
  expect(await codeOf(open())).toBe('unavailable')
  await expect(open()).rejects.toThrow(`in use by process ${child.pid} on `)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  await (await open()).close()
  folder.remove()
})
