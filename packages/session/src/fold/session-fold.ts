import type { SessionState, StoredMessage, TurnState } from '../state.ts'
import type { Json, JsonRecord, SessionEvent, SessionKey, SessionMessage, SessionUsage } from '../types.ts'
import { noUsage } from '../usage.ts'
import { applyEvent } from './apply.ts'

/** Folds a log into a session's state, event by event. */
export interface SessionFold<M extends SessionMessage = SessionMessage> {
  /** Seq up to which the log is folded. */
  readonly seq: number
  /** Folds one event; events up to `seq` are skipped, so that overlapping reads do no harm. */
  apply(event: SessionEvent): void
  /** Says that everything up to a seq was applied, what was left out of the read (deltas) included. */
  advance(seq: number): void
  /**
   * The state at this point. It never changes afterwards: what it shares with the fold is copied before the next event
   * that changes it, so that a state costs nothing until then, and an event nothing unless a state was taken.
   */
  snapshot(times?: SessionTimes): SessionState<M>
}

/** What the store knows better than the folded events, which may lack the latest. */
export interface SessionTimes {
  createdAt: number
  updatedAt: number
  expiresAt: number
  ttlMs: number
}

/** The mutable inside of a fold. */
export interface Draft<M extends SessionMessage> {
  seq: number
  inheritedSeq: number
  createdAt: number
  updatedAt: number
  ttlMs: number
  model: string
  system: string | undefined
  tools: readonly string[] | undefined
  metadata: JsonRecord
  usage: SessionUsage
  runningTurn: string | undefined
  /** Each hands out the collection to write to, copied first if a state holds it. */
  messages(): StoredMessage<M>[]
  context(): Map<string, Json>
  turns(): Map<string, TurnState>
}

/** An empty fold of one session. */
export function createSessionFold<M extends SessionMessage = SessionMessage>(
  key: SessionKey,
): SessionFold<M> {
  const messages = copyOnWrite<StoredMessage<M>[]>([], (held) => [...held])
  const context = copyOnWrite(new Map<string, Json>(), (held) => new Map(held))
  const turns = copyOnWrite(new Map<string, TurnState>(), (held) => new Map(held))
  const draft: Draft<M> = {
    seq: 0,
    inheritedSeq: 0,
    createdAt: 0,
    updatedAt: 0,
    ttlMs: 0,
    model: '',
    system: undefined,
    tools: undefined,
    metadata: {},
    usage: noUsage(),
    runningTurn: undefined,
    messages: messages.write,
    context: context.write,
    turns: turns.write,
  }
  const owner: SessionKey = Object.freeze({ tenant: key.tenant, id: key.id })

  return {
    get seq() {
      return draft.seq
    },
    apply: (event) => {
      if (event.seq <= draft.seq) return
      applyEvent(draft, event)
      draft.seq = event.seq
      draft.updatedAt = event.at
    },
    advance: (seq) => {
      draft.seq = Math.max(draft.seq, seq)
    },
    snapshot: (times) => ({
      key: owner,
      seq: draft.seq,
      createdAt: times?.createdAt ?? draft.createdAt,
      updatedAt: times?.updatedAt ?? draft.updatedAt,
      expiresAt: times?.expiresAt ?? draft.updatedAt + draft.ttlMs,
      ttlMs: times?.ttlMs ?? draft.ttlMs,
      model: draft.model,
      system: draft.system,
      tools: draft.tools,
      metadata: draft.metadata,
      usage: draft.usage,
      messages: messages.share(),
      context: context.share(),
      turns: turns.share(),
      runningTurn: draft.runningTurn,
    }),
  }
}

function copyOnWrite<T>(initial: T, copy: (held: T) => T): { write: () => T; share: () => T } {
  let held = initial
  let isShared = false
  return {
    write: () => {
      if (isShared) held = copy(held)
      isShared = false
      return held
    },
    share: () => {
      isShared = true
      return held
    },
  }
}
