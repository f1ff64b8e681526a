import { SessionError } from './errors.ts'
import { forkEvents } from './manager/fork-events.ts'
import { capsFor, checkEvent, defaultLimits, type SessionLimits } from './manager/limits.ts'
import { pageOfMessages, pageOfSessions } from './manager/paging.ts'
import { createStateReader, type StateReader } from './manager/read-through.ts'
import { createdData, updatedData } from './manager/settings.ts'
import type { EventInput, SessionManager } from './manager-types.ts'
import { randomId } from './random-id.ts'
import type { SessionState } from './state.ts'
import type { AppendOptions, AppendResult, SessionStore } from './store.ts'
import type { JsonRecord, NewSessionEvent, SessionKey, SessionMessage } from './types.ts'

/** Options of `createSessionManager`. */
export interface SessionManagerOptions {
  store: SessionStore
  /** Milliseconds since the epoch, for the times of events. @defaultValue Date.now */
  now?: (() => number) | undefined
  /** The random part of an id, at least 128 bits and safe in URLs. @defaultValue 130 bits of `crypto` */
  generateId?: (() => string) | undefined
  /** Caps of one session; those that are absent keep their default. */
  limits?: Partial<SessionLimits> | undefined
  /** Sliding life time of sessions that name none. @defaultValue 24 h */
  defaultTtlMs?: number | undefined
}

/** How long the deltas of a turn can be replayed after its end. */
const replayWindowMs = 3_600_000
const sweepBatch = 100

/** Makes sessions out of a store: states folded from logs, limits, and life times. */
export function createSessionManager<M extends SessionMessage = SessionMessage>(
  options: SessionManagerOptions,
): SessionManager<M> {
  const { store, now = Date.now, generateId = randomId, defaultTtlMs = 86_400_000 } = options
  const limits: SessionLimits = { ...defaultLimits, ...withoutUndefined(options.limits ?? {}) }
  const states = createStateReader<M>(store)
  const context: ManagerContext<M> = { store, states, limits, now, generateId }

  const append = (key: SessionKey, events: readonly NewSessionEvent[], conditions?: AppendOptions) =>
    appendChecked(context, key, events, conditions)
  const set = async (key: SessionKey, type: string, data: JsonRecord) =>
    (await append(key, [{ type, at: now(), data }])).status === 'appended'

  return {
    store: { kind: store.kind, durability: store.durability },
    create: async (wanted) =>
      create(context, wanted.tenant, [startEvent(createdData(wanted, defaultTtlMs), now())]),
    get: states.get,
    update: async (key, changes) => {
      const data = updatedData(changes)
      if (data !== undefined) await set(key, 'session.updated', data)
      return states.get(key)
    },
    delete: async (key) => {
      states.drop(key)
      return store.delete(key, { type: 'session.deleted', at: now(), data: {} })
    },
    list: (tenant, page = {}) => pageOfSessions(store, states, tenant, page),
    messages: async (key, page = {}) => {
      const state = await states.get(key)
      return state && pageOfMessages(state, page)
    },
    append: async (key, events, conditions) =>
      append(
        key,
        events.map((event) => stamp(event, now())),
        conditions,
      ),
    read: (key, range) => store.read(key, range),
    tail: (key, place) => store.tail(key, place),
    setContext: async (key, name, value) => {
      checkName(name)
      return set(key, 'context.set', { key: name, value })
    },
    deleteContext: async (key, name) => {
      const state = await states.get(key)
      return state?.context.has(name) === true && set(key, 'context.set', { key: name })
    },
    fork: (key, place = {}) => fork(context, key, place.afterSeq),
    lease: (key, turnId) => store.lease(key, turnId),
    unfinished: () => store.unfinished(),
    findIdempotent: (key, idempotencyKey) => store.findIdempotent(key, idempotencyKey),
    record: (rows) => store.record(rows),
    sweep: () => sweep(context),
    close: () => store.close(),
  }
}

interface ManagerContext<M extends SessionMessage> {
  store: SessionStore
  states: StateReader<M>
  limits: SessionLimits
  now: () => number
  generateId: () => string
}

async function create<M extends SessionMessage>(
  { store, states, limits, generateId }: ManagerContext<M>,
  tenant: string,
  events: readonly NewSessionEvent[],
): Promise<SessionState<M>> {
  for (const event of events) checkEvent(event, limits)
  const ttlMs = Number(events[0]?.data.ttlMs)
  const head = await store.create({ tenant, id: `sess_${generateId()}` }, events, { ttlMs })
  const state = await states.of(head)
  if (state !== undefined) return state
  throw new SessionError(
    'unavailable',
    `The session ${head.key.id} was removed while it was made: try again.`,
  )
}

async function appendChecked<M extends SessionMessage>(
  { store, states, limits }: ManagerContext<M>,
  key: SessionKey,
  events: readonly NewSessionEvent[],
  conditions: AppendOptions = {},
): Promise<AppendResult> {
  let ttlMs = conditions.ttlMs
  for (const event of events) {
    checkEvent(event, limits)
    if (event.type === 'session.updated' && typeof event.data.ttlMs === 'number') ttlMs = event.data.ttlMs
  }
  const result = await store.append(key, events, { ...conditions, ...capsFor(events, limits), ttlMs })
  if (result.status === 'appended') states.wrote(key, result.events)
  else if (result.status === 'missing') states.drop(key)
  return result
}

async function fork<M extends SessionMessage>(
  context: ManagerContext<M>,
  key: SessionKey,
  afterSeq: number | undefined,
): Promise<SessionState<M> | undefined> {
  const events = await context.store.read(key, { exclude: ['delta'] })
  if (events === undefined) return undefined
  const head = await context.store.load(key)
  const end = Math.max(head?.seq ?? 0, events.at(-1)?.seq ?? 0)
  const cut = afterSeq ?? end
  if (!Number.isSafeInteger(cut) || cut < 1 || cut > end) {
    throw new SessionError(
      'invalid',
      `The log has events 1 to ${end}: it cannot be forked after ${String(cut)}.`,
    )
  }
  const prefix = events.filter(({ seq }) => seq <= cut)
  const newMessageId = () => `msg_${context.generateId()}`
  return create(context, key.tenant, forkEvents(prefix, { from: key, at: context.now(), newMessageId }))
}

async function sweep<M extends SessionMessage>({ store, states, now }: ManagerContext<M>): Promise<number> {
  let expired = 0
  for (let keys = await store.expire(sweepBatch); keys.length > 0; keys = await store.expire(sweepBatch)) {
    for (const key of keys) states.drop(key)
    expired += keys.length
  }
  const old = { endedBefore: now() - replayWindowMs, limit: sweepBatch }
  while ((await store.compact(old)) === sweepBatch);
  return expired
}

const startEvent = (data: JsonRecord, at: number): NewSessionEvent => ({ type: 'session.created', at, data })

function stamp<M extends SessionMessage>({ type, turnId, data }: EventInput<M>, at: number): NewSessionEvent {
  // The data of each type is JSON by its declaration, which an interface cannot say; the store checks it when it writes.
  const json = data as JsonRecord
  return { type, at, data: json, ...(turnId !== undefined && { turnId }) }
}

function checkName(name: string): void {
  if (name.length >= 1 && name.length <= 256 && name.isWellFormed()) return
  throw new SessionError(
    'invalid',
    `The name ${JSON.stringify(name.slice(0, 40))} is not 1 to 256 characters long.`,
  )
}

const withoutUndefined = <T extends object>(value: T): Partial<T> => {
  const given: Partial<T> = { ...value }
  for (const name in given) if (given[name] === undefined) delete given[name]
  return given
}
