import { isRecord } from '../encode.ts'
import { terminalStatus } from '../event-data.ts'
import type { SessionEvent, SessionMessage } from '../types.ts'
import { addUsage, noUsage } from '../usage.ts'
import { isMessage, readError, readNumber, readText, readTexts, readUsage } from './read-data.ts'
import type { Draft } from './session-fold.ts'

/** Folds one event into the draft. Unknown types change nothing. */
export function applyEvent<M extends SessionMessage>(draft: Draft<M>, event: SessionEvent): void {
  switch (event.type) {
    case 'session.created':
      applyCreated(draft, event)
      break
    case 'session.updated':
      applyUpdated(draft, event)
      break
    case 'context.set':
      applyContext(draft, event)
      break
    case 'message':
      applyMessage(draft, event)
      break
    case 'turn.started':
      applyTurnStart(draft, event)
      break
    default:
      // Own keys only: an event type may be called `constructor`.
      if (Object.hasOwn(terminalStatus, event.type)) applyTurnEnd(draft, event)
  }
}

function applyCreated<M extends SessionMessage>(draft: Draft<M>, { at, data }: SessionEvent): void {
  draft.createdAt = at
  draft.model = readText(data.model) ?? ''
  draft.system = readText(data.system)
  draft.tools = readTexts(data.tools)
  draft.metadata = isRecord(data.metadata) ? data.metadata : {}
  draft.ttlMs = readNumber(data.ttlMs) ?? 0
  draft.inheritedSeq = readNumber(data.inheritedSeq) ?? 0
}

function applyUpdated<M extends SessionMessage>(draft: Draft<M>, { data }: SessionEvent): void {
  draft.model = readText(data.model) ?? draft.model
  if (data.system !== undefined) draft.system = readText(data.system)
  if (data.tools !== undefined) draft.tools = readTexts(data.tools)
  if (isRecord(data.metadata)) draft.metadata = data.metadata
  draft.ttlMs = readNumber(data.ttlMs) ?? draft.ttlMs
}

function applyContext<M extends SessionMessage>(draft: Draft<M>, { data }: SessionEvent): void {
  const name = readText(data.key)
  if (name === undefined) return
  if (data.value === undefined) draft.context().delete(name)
  else draft.context().set(name, data.value)
}

function applyMessage<M extends SessionMessage>(draft: Draft<M>, event: SessionEvent): void {
  const { data, seq, at, turnId } = event
  const id = readText(data.messageId)
  if (id === undefined || !isMessage<M>(data.message)) return
  draft.messages().push({
    id,
    seq,
    at,
    ...(turnId !== undefined && { turnId }),
    ...(data.partial === true && { partial: true }),
    message: data.message,
  })
}

function applyTurnStart<M extends SessionMessage>(
  draft: Draft<M>,
  { data, seq, at, turnId }: SessionEvent,
): void {
  if (turnId === undefined) return
  draft.turns().set(turnId, {
    id: turnId,
    status: 'running',
    model: readText(data.model) ?? draft.model,
    startSeq: seq,
    startedAt: at,
    usage: noUsage(),
    steps: 0,
  })
  draft.runningTurn = turnId
}

function applyTurnEnd<M extends SessionMessage>(draft: Draft<M>, event: SessionEvent): void {
  const { type, data, seq, at, turnId } = event
  const status = terminalStatus[type]
  if (status === undefined || turnId === undefined) return
  const turns = draft.turns()
  const turn = turns.get(turnId)
  // A turn ends once. A second end, or one of a turn that never started, must not count its usage again.
  if (turn === undefined || turn.status !== 'running') return
  const usage = readUsage(data.usage)
  const stopReason = readText(data.stopReason)
  const costUsd = readNumber(data.costUsd)
  const error = readError(data.error)
  const warnings = readTexts(data.warnings)
  turns.set(turnId, {
    ...turn,
    status,
    model: readText(data.model) ?? turn.model,
    endSeq: seq,
    endedAt: at,
    usage,
    steps: readNumber(data.steps) ?? 0,
    ...(stopReason !== undefined && { stopReason }),
    ...(costUsd !== undefined && { costUsd }),
    ...(error !== undefined && { error }),
    ...(warnings !== undefined && { warnings }),
  })
  if (seq > draft.inheritedSeq) draft.usage = addUsage(draft.usage, usage)
  if (draft.runningTurn === turnId) draft.runningTurn = undefined
}
