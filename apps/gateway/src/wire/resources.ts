import type { Message } from '@gateway/provider'
import type { SessionState, SessionUsage, StoredMessage, TurnState } from '@gateway/session'
import { toWireContent } from './blocks.ts'
import type { WireMessage, WireSession, WireTurn, WireUsage } from './shapes.ts'

/** RFC 3339 in UTC. */
export const toTime = (ms: number): string => new Date(ms).toISOString()

/** `end-turn` → `end_turn`. */
export const toSnake = (name: string): string => name.replaceAll('-', '_')

/** Usage as HTTP carries it. */
export const toWireUsage = (usage: SessionUsage): WireUsage => ({
  input_tokens: usage.inputTokens,
  output_tokens: usage.outputTokens,
  cache_read_tokens: usage.cacheReadTokens,
  cache_write_tokens: usage.cacheWriteTokens,
  reasoning_tokens: usage.reasoningTokens,
})

/** A session as HTTP carries it. */
export const toWireSession = (state: SessionState<Message>): WireSession => ({
  id: state.key.id,
  object: 'session',
  model: state.model,
  system: state.system ?? null,
  tools: state.tools === undefined ? null : [...state.tools],
  metadata: state.metadata,
  usage: toWireUsage(state.usage),
  created_at: toTime(state.createdAt),
  updated_at: toTime(state.updatedAt),
  expires_at: toTime(state.expiresAt),
})

/** A turn as HTTP carries it. */
export const toWireTurn = (sessionId: string, turn: TurnState): WireTurn => ({
  id: turn.id,
  object: 'turn',
  session_id: sessionId,
  status: turn.status,
  model: turn.model,
  stop_reason: turn.stopReason === undefined ? null : toSnake(turn.stopReason),
  usage: toWireUsage(turn.usage),
  cost_usd: turn.costUsd ?? null,
  steps: turn.steps,
  error: turn.error ?? null,
  ...(turn.warnings === undefined ? {} : { warnings: [...turn.warnings] }),
  created_at: toTime(turn.startedAt),
  ended_at: turn.endedAt === undefined ? null : toTime(turn.endedAt),
})

/** A message as HTTP carries it. */
export const toWireMessage = (stored: StoredMessage<Message>): WireMessage => ({
  id: stored.id,
  object: 'message',
  role: stored.message.role,
  content: toWireContent(stored.message.content),
  seq: stored.seq,
  turn_id: stored.turnId ?? null,
  ...(stored.partial === true ? { partial: true } : {}),
  created_at: toTime(stored.at),
})
