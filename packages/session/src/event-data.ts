import type { TurnStatus } from './state.ts'
import type { Json, JsonRecord, SessionMessage, SessionUsage } from './types.ts'

/** The `data` of each event type, as this version writes it. Readers ignore fields that they do not know. */
export interface EventData<M extends SessionMessage = SessionMessage> {
  /** `inheritedSeq`: events up to it were copied from `forkOf`; their usage was counted there. */
  'session.created': SessionSettings & {
    model: string
    metadata: JsonRecord
    ttlMs: number
    forkOf?: string | undefined
    inheritedSeq?: number | undefined
  }
  /** Only what changed; null removes. */
  'session.updated': {
    model?: string | undefined
    system?: string | null | undefined
    tools?: string[] | null | undefined
    metadata?: JsonRecord | undefined
    ttlMs?: number | undefined
  }
  'session.deleted': JsonRecord
  'session.expired': JsonRecord
  /** `value` absent = the variable was removed. */
  'context.set': { key: string; value?: Json | undefined }
  'turn.started': { model: string; options?: JsonRecord | undefined; metadata?: JsonRecord | undefined }
  message: MessageData<M>
  /** `index` counts blocks within that message. */
  delta: {
    messageId: string
    step: number
    index: number
    kind: 'text' | 'thinking' | 'tool_input'
    text: string
  }
  'tool.started': { toolUseId: string; name: string; input: JsonRecord; messageId: string }
  'tool.finished': {
    toolUseId: string
    name: string
    status: string
    isError: boolean
    durationMs: number
    bytes?: number | undefined
  }
  'turn.completed': TurnEnd & { stopReason: string }
  'turn.failed': TurnEnd & { error: { type: string; code: string; message: string } }
  'turn.cancelled': TurnEnd
  'turn.interrupted': TurnEnd
}

/** What every terminal event carries. */
export interface TurnEnd {
  /** The model that really answered, where one did. */
  model?: string | undefined
  /** What was left out of requests or answers, in words. */
  warnings?: string[] | undefined
  usage: SessionUsage
  costUsd?: number | undefined
  steps: number
}

/** A message as accepted (the user's) or as final (the assistant's and the tools'). */
export interface MessageData<M extends SessionMessage = SessionMessage> {
  messageId: string
  message: M
  /** True for what a failed, cancelled or interrupted turn had streamed. */
  partial?: boolean | undefined
  /** Of an assistant's message: the tokens of its step, so that they survive a crash of the turn. */
  usage?: SessionUsage | undefined
  /** Of an assistant's message: who really answered, and why the model stopped. */
  model?: string | undefined
  provider?: string | undefined
  stopReason?: string | undefined
}

/** Settings of a session that may be absent. */
export interface SessionSettings {
  system?: string | undefined
  tools?: string[] | undefined
}

/** Terminal event types and the status that each gives its turn. */
export const terminalStatus: Readonly<Record<string, Exclude<TurnStatus, 'running'>>> = {
  'turn.completed': 'completed',
  'turn.failed': 'failed',
  'turn.cancelled': 'cancelled',
  'turn.interrupted': 'interrupted',
}
