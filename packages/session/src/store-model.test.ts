import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemoryStore } from './memory-store.ts'
import { temporaryFolder } from './sqlite/fixtures/temporary-folder.ts'
import { createSqliteStore } from './sqlite.ts'
import type { Lease, SessionStore } from './store.ts'
import { codeOf, event, row, seqs, start } from './testing/helpers.ts'
import type { SessionKey } from './types.ts'

// A store beside the plainest thing that could be one: an array per session. Whatever is done, in whatever order, both
// must say the same.

interface ModelSession {
  values: number[]
  seq: number
  expiresAt: number
  ttlMs: number
  requests: Map<string, string>
  owner: string | undefined
}

interface Model {
  sessions: Map<string, ModelSession>
  rows: string[]
}

interface Real {
  store: SessionStore
  leases: Map<string, Lease>
  clock: { now: number }
  reopen?: (() => SessionStore) | undefined
}

const names = ['a', 'b', 'c']
const keyOf = (name: string): SessionKey => ({ tenant: name === 'c' ? 'other' : 'acme', id: name })

type Step =
  | { do: 'create'; name: string; ttlMs: number }
  | { do: 'append'; name: string; value: number; expected?: number; request?: string; fenced?: boolean }
  | { do: 'delete' | 'lease' | 'release' | 'compact' | 'expire' | 'reopen'; name: string }
  | { do: 'advance'; name: string; ttlMs: number }
  | { do: 'record'; name: string; ids: number[] }

const name = fc.constantFrom(...names)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('create'), name, ttlMs: fc.constantFrom(10, 1000) }) },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        do: fc.constant('append'),
        name,
        value: fc.nat(),
        expected: fc.nat(4),
        request: fc.constantFrom('r1', 'r2'),
        fenced: fc.boolean(),
      },
      { requiredKeys: ['do', 'name', 'value'] },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('delete', 'lease', 'release', 'compact', 'expire', 'reopen'),
      name,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('advance'), name, ttlMs: fc.constantFrom(5, 10, 500) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('record'), name, ids: fc.array(fc.integer({ min: -2, max: 9 })) }),
  },
) as fc.Arbitrary<Step>

const alive = (model: Model, at: string, now: number): ModelSession | undefined => {
  const session = model.sessions.get(at)
  return session !== undefined && (session.owner !== undefined || session.expiresAt > now)
    ? session
    : undefined
}

async function play(model: Model, real: Real, wanted: Step): Promise<void> {
  const { store, clock } = real
  const key = keyOf(wanted.name)
  const session = alive(model, wanted.name, clock.now)
  switch (wanted.do) {
    case 'create': {
      const { ttlMs } = wanted
      const isTaken = model.sessions.has(wanted.name)
      expect(await codeOf(store.create(key, [event('session.created')], { ttlMs }))).toBe(
        isTaken ? 'conflict' : 'no error',
      )
      const fresh = {
        values: [],
        seq: 1,
        expiresAt: clock.now + ttlMs,
        ttlMs,
        requests: new Map(),
        owner: undefined,
      }
      if (!isTaken) model.sessions.set(wanted.name, fresh)
      return
    }
    case 'append':
      return playAppend(model, real, wanted, session)
    case 'delete':
      expect(await store.delete(key, event('session.deleted'))).toBe(session !== undefined)
      if (session !== undefined) model.sessions.delete(wanted.name)
      return
    case 'lease': {
      const lease = await store.lease(key, `owner of ${wanted.name}`)
      expect(lease !== undefined).toBe(session !== undefined)
      if (lease && session) {
        real.leases.set(wanted.name, lease)
        session.owner = `owner of ${wanted.name}`
      }
      expect((await store.lease(key, 'somebody else')) === undefined).toBe(true)
      return
    }
    case 'release': {
      const lease = real.leases.get(wanted.name)
      const holds = session?.owner !== undefined
      expect((await lease?.renew()) ?? false).toBe(holds)
      await lease?.release()
      if (holds && session) session.owner = undefined
      return
    }
    case 'compact':
      await store.compact({ endedBefore: clock.now, limit: 100 })
      return
    case 'expire': {
      const over = names.filter((at) => model.sessions.has(at) && alive(model, at, clock.now) === undefined)
      const keys = await store.expire(100)
      expect(keys.map(({ id }) => id).sort()).toEqual(over)
      for (const at of over) model.sessions.delete(at)
      return
    }
    case 'advance':
      clock.now += wanted.ttlMs
      return
    case 'record': {
      // Those below zero cannot be stored.
      const rows = wanted.ids.map((id) => row(`req ${id}`, { at: id < 0 ? Number.NaN : id }))
      const isRefused = wanted.ids.some((id) => id < 0)
      expect(await codeOf(store.record(rows))).toBe(isRefused ? 'invalid' : 'no error')
      for (const id of wanted.ids) {
        if (id >= 0 && !model.rows.includes(`req ${id}`)) model.rows.push(`req ${id}`)
      }
      return
    }
    case 'reopen':
      if (real.reopen === undefined) return
      await store.close()
      real.store = real.reopen()
      for (const each of model.sessions.values()) each.owner = undefined
  }
}

async function playAppend(
  model: Model,
  { store, leases, clock }: Real,
  wanted: Extract<Step, { do: 'append' }>,
  session: ModelSession | undefined,
): Promise<void> {
  const { value, expected, request, fenced } = wanted
  const turnId = `turn ${value}`
  const options = {
    expectedSeq: expected,
    ...(request !== undefined && { idempotency: { key: request, bodyHash: 'h', turnId } }),
    ...(fenced && { fence: leases.get(wanted.name)?.fence ?? 0 }),
    ledger: row(turnId),
  }
  const outcome = await store
    .append(keyOf(wanted.name), [event('note', { value }), event('turn.started', {}, turnId)], options)
    .then((result) => (result.status === 'duplicate' ? result.turnId : result.status))
    .catch((error: { code?: string }) => error.code)
  const known = request === undefined ? undefined : session?.requests.get(request)
  if (session === undefined) return expect(outcome).toBe('missing')
  if (known !== undefined) return expect(outcome).toBe(known)
  if (fenced && session.owner === undefined) return expect(outcome).toBe('fenced')
  if (expected !== undefined && expected !== session.seq) return expect(outcome).toBe('conflict')
  expect(outcome).toBe('appended')
  session.values.push(value)
  session.seq += 2
  session.expiresAt = clock.now + session.ttlMs
  if (request !== undefined) session.requests.set(request, turnId)
  if (!model.rows.includes(turnId)) model.rows.push(turnId)
}

async function compare(model: Model, { store, clock }: Real): Promise<void> {
  for (const at of names) {
    const session = alive(model, at, clock.now)
    const events = await store.read(keyOf(at))
    expect(seqs(events)).toEqual(session && Array.from({ length: session.seq }, (_, index) => index + 1))
    expect(events?.flatMap(({ data }) => data.value ?? [])).toEqual(session?.values)
    const head = await store.load(keyOf(at))
    expect([head?.seq, head?.expiresAt, head?.leaseOwner]).toEqual([
      session?.seq,
      session?.expiresAt,
      session?.owner,
    ])
  }
  const listed = (await store.list('acme', { limit: 9 })).heads.map((head) => head.key.id)
  expect(listed.sort()).toEqual(['a', 'b'].filter((at) => alive(model, at, clock.now) !== undefined))
  expect((await store.ledger('acme', { limit: 1000 })).rows.map(({ id }) => id)).toEqual(model.rows)
}

const check = async (steps: readonly Step[], real: Real): Promise<void> => {
  const model: Model = { sessions: new Map(), rows: [] }
  try {
    for (const wanted of steps) {
      await play(model, real, wanted)
      await compare(model, real)
    }
  } finally {
    await real.store.close()
  }
}

test('the memory store does what arrays would do', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = { now: start }
      await check(steps, { store: createMemoryStore({ now: () => clock.now }), leases: new Map(), clock })
    }),
    { numRuns: 200 },
  )
})

test('the SQLite store does what arrays would do, however often it is reopened', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const folder = temporaryFolder()
      const clock = { now: start }
      const reopen = () => createSqliteStore({ path: folder.path('sessions.db'), now: () => clock.now })
      await check(steps, { store: reopen(), leases: new Map(), clock, reopen })
      folder.remove()
    }),
    { numRuns: 15 },
  )
})
