import type { Message } from '@gateway/provider'
import type { EventData, SessionEvent, TurnEnd } from '@gateway/session'
import { toSnake, toWireMessage, toWireUsage } from './resources.ts'

/** An event of the log as one SSE frame: `id` is its seq, `data` is JSON in snake_case with the turn's id. */
export const toFrame = (event: SessionEvent): { id: string; event: string; data: string } => ({
  id: String(event.seq),
  event: event.type,
  data: JSON.stringify({
    ...(event.turnId === undefined ? {} : { turn_id: event.turnId }),
    ...toData(event),
  }),
})

type Shapes = {
  [T in keyof EventData<Message>]: (data: EventData<Message>[T], event: SessionEvent) => object
}

const end = (data: TurnEnd) => ({
  ...(data.model === undefined ? {} : { model: data.model }),
  usage: toWireUsage(data.usage),
  cost_usd: data.costUsd ?? null,
  steps: data.steps,
  ...(data.warnings === undefined ? {} : { warnings: data.warnings }),
})

const settings = (data: EventData['session.updated']) => ({
  ...(data.model === undefined ? {} : { model: data.model }),
  ...(data.system === undefined ? {} : { system: data.system }),
  ...(data.tools === undefined ? {} : { tools: data.tools }),
  ...(data.metadata === undefined ? {} : { metadata: data.metadata }),
  ...(data.ttlMs === undefined ? {} : { ttl_seconds: Math.round(data.ttlMs / 1000) }),
})

const shapes: Shapes = {
  'session.created': (data) => settings(data),
  'session.updated': (data) => settings(data),
  'session.deleted': () => ({}),
  'session.expired': () => ({}),
  'context.set': (data) => ({
    key: data.key,
    ...(data.value === undefined ? { removed: true } : { value: data.value }),
  }),
  'turn.started': (data) => ({
    model: data.model,
    ...(data.metadata === undefined ? {} : { metadata: data.metadata }),
  }),
  message: (data, event) => ({
    message: toWireMessage({
      id: data.messageId,
      seq: event.seq,
      at: event.at,
      turnId: event.turnId,
      partial: data.partial,
      message: data.message,
    }),
  }),
  delta: (data) => ({
    message_id: data.messageId,
    step: data.step,
    index: data.index,
    kind: data.kind,
    text: data.text,
  }),
  'tool.started': (data) => ({
    tool_use_id: data.toolUseId,
    name: data.name,
    input: data.input,
    message_id: data.messageId,
  }),
  'tool.finished': (data) => ({
    tool_use_id: data.toolUseId,
    name: data.name,
    status: toSnake(data.status),
    is_error: data.isError,
    duration_ms: data.durationMs,
  }),
  'turn.completed': (data) => ({ stop_reason: toSnake(data.stopReason), ...end(data) }),
  'turn.failed': (data) => ({ error: data.error, ...end(data) }),
  'turn.cancelled': end,
  'turn.interrupted': end,
}

// The log holds what `EventData` says, by type: this process, or an earlier release of it, wrote it. An event of a
// type that this release does not know is passed on without its data.
const toData = (event: SessionEvent): object => {
  if (!Object.hasOwn(shapes, event.type)) return {}
  const shape = shapes[event.type as keyof EventData] as (data: unknown, event: SessionEvent) => object
  return shape(event.data, event)
}
