import { isSessionError } from '../errors.ts'
import type { AppendResult, SessionStore } from '../store.ts'
import type { JsonRecord, LedgerRow, NewSessionEvent, SessionEvent, SessionKey } from '../types.ts'

/** A life time that no test reaches by accident. */
export const day = 86_400_000

/** Where the tests' clock starts. */
export const start = 1_800_000_000_000

/** The session that most tests use. */
export const key: SessionKey = { tenant: 'acme', id: 'sess_one' }

/** An event of the log. */
export const event = (type: string, data: JsonRecord = {}, turnId?: string): NewSessionEvent => ({
  type,
  at: start,
  data,
  ...(turnId !== undefined && { turnId }),
})

/** A numbered event, by which order and completeness are checked. */
export const note = (n: number): NewSessionEvent => event('note', { n })

/** Creates a session with one event. */
export const createSession = async (
  store: SessionStore,
  at: SessionKey = key,
  ttlMs: number = day,
): Promise<void> => {
  await store.create(at, [event('session.created', { model: 'mock', metadata: {}, ttlMs })], { ttlMs })
}

/** The code of the SessionError that a call fails with; what else happened as a text. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'no error'
  } catch (error) {
    return isSessionError(error) ? error.code : String(error)
  }
}

/** The numbers of `note` events. */
export const numbers = (events: readonly SessionEvent[] | undefined): unknown[] | undefined =>
  events?.filter(({ type }) => type === 'note').map(({ data }) => data.n)

/** The seqs of events. */
export const seqs = (events: readonly SessionEvent[] | undefined): number[] | undefined =>
  events?.map(({ seq }) => seq)

/** The seq at which an append ended; its status where it did not. */
export const seqOf = (result: AppendResult): number | string =>
  result.status === 'appended' ? result.seq : result.status

/** Reads a tail until its end, or until `count` events. */
export async function take(tail: AsyncIterable<SessionEvent>, count: number): Promise<SessionEvent[]> {
  const events: SessionEvent[] = []
  for await (const next of tail) {
    events.push(next)
    if (events.length === count) break
  }
  return events
}

/** A usage row. */
export const row = (id: string, fields: Partial<LedgerRow> = {}): LedgerRow => ({
  tenant: key.tenant,
  id,
  model: 'mock',
  at: start,
  usage: { inputTokens: 3, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 1 },
  ...fields,
})

/** A signal that never aborts. */
export const never = (): AbortSignal => new AbortController().signal

/** Gives id1, id2, … */
export function sequence(): () => string {
  let last = 0
  return () => {
    last += 1
    return `id${last}`
  }
}
