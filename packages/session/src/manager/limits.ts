import { utf8Bytes } from '../encode.ts'
import { SessionError } from '../errors.ts'
import { checkTtl } from '../judge.ts'
import type { AppendOptions } from '../store.ts'
import type { Json, JsonRecord, NewSessionEvent } from '../types.ts'

/** Caps of one session. */
export interface SessionLimits {
  /** @defaultValue 10,000 */
  messages: number
  /** UTF-8 bytes of the JSON of all event data but deltas'. @defaultValue 64 MiB */
  bytes: number
  /** UTF-8 bytes of the metadata's JSON. @defaultValue 16 KiB */
  metadataBytes: number
  /** UTF-8 bytes of the JSON of one context value. @defaultValue 64 KiB */
  contextValueBytes: number
  /** Longest sliding life time. @defaultValue 366 days */
  maxTtlMs: number
}

/** The caps that hold where none are given. */
export const defaultLimits: SessionLimits = {
  messages: 10_000,
  bytes: 64 * 1024 * 1024,
  metadataBytes: 16 * 1024,
  contextValueBytes: 64 * 1024,
  maxTtlMs: 366 * 86_400_000,
}

const hasMetadata = new Set(['session.created', 'session.updated', 'turn.started'])

/** Throws SessionError `limit` when an event's own data is too large. */
export function checkEvent({ type, data }: NewSessionEvent, limits: SessionLimits): void {
  if (type === 'context.set') checkSize('context value', data.value, limits.contextValueBytes)
  if (hasMetadata.has(type)) checkSize('metadata', data.metadata, limits.metadataBytes)
  if (type !== 'session.created' && type !== 'session.updated') return
  const { ttlMs } = data
  if (ttlMs === undefined) return
  checkTtl(Number(ttlMs))
  if (Number(ttlMs) > limits.maxTtlMs) {
    throw new SessionError(
      'limit',
      `The life time ${String(ttlMs)} ms is above the ${limits.maxTtlMs} ms allowed.`,
    )
  }
}

function checkSize(what: string, value: Json | undefined, max: number): void {
  const bytes = value === undefined ? 0 : utf8Bytes(toJson(what, value))
  if (bytes > max) {
    throw new SessionError('limit', `The ${what} has ${bytes} bytes as JSON, ${max} are allowed: store less.`)
  }
}

function toJson(what: string, value: Json): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch (cause) {
    throw new SessionError('invalid', `The ${what} cannot be written as JSON.`, { cause })
  }
}

/**
 * The caps that an append is judged by. What answers or ends something is never refused: a tool's result belongs to a
 * tool use that is in the log already, and a turn must be able to end.
 */
export function capsFor(events: readonly NewSessionEvent[], limits: SessionLimits): AppendOptions {
  const isEnd = events.some(({ type }) => type.startsWith('turn.') && type !== 'turn.started')
  return isEnd || !events.some(grows) ? {} : { maxMessages: limits.messages, maxBytes: limits.bytes }
}

function grows({ type, data }: NewSessionEvent): boolean {
  if (type === 'context.set') return data.value !== undefined
  if (type === 'message') return roleOf(data) !== 'tool'
  return type === 'session.updated' || type === 'turn.started'
}

function roleOf({ message }: JsonRecord): Json | undefined {
  return typeof message === 'object' && message !== null && !Array.isArray(message) ? message.role : undefined
}
