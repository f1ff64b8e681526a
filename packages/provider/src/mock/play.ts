import { forever } from '../abort.ts'
import { ProviderError, type ProviderErrorCode } from '../errors.ts'
import type { CompletionRequest } from '../types/completion.ts'
import type { StartEvent, StreamEvent } from '../types/stream-event.ts'
import { inputLength, nextCallNumber } from './history.ts'
import type { MockStep } from './steps.ts'

/** What {@link play} needs beside the steps. */
export interface PlayContext {
  provider: string
  request: CompletionRequest
  start: StartEvent
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  signal: AbortSignal | undefined
}

type ToolUseStep = Extract<MockStep, { type: 'tool-use' }>

/** The status that an upstream would have sent, where it would have sent one. */
const statusOf: Readonly<Partial<Record<ProviderErrorCode, number>>> = {
  authentication: 401,
  quota: 402,
  permission: 403,
  'not-found': 404,
  'rate-limit': 429,
  overloaded: 529,
  'invalid-request': 400,
  'context-length': 400,
  'content-filter': 400,
  unsupported: 400,
}

/**
 * Does the steps one by one. `start` comes with the first output, so that delays and failures before it are those of
 * the call and not of its stream. Throws the signal's reason as soon as it looks after an abort.
 */
export async function* play(steps: readonly MockStep[], context: PlayContext): AsyncGenerator<StreamEvent> {
  const { request, signal } = context
  const writer = createWriter(request)
  let started = false
  let last: Extract<MockStep, { type: 'finish' }> | undefined
  for (const step of steps) {
    signal?.throwIfAborted()
    if (step.type === 'delay') await context.sleep(step.ms, signal)
    else if (step.type === 'stall') await forever(signal)
    else if (step.type === 'fail') throw toError(step, context.provider)
    else if (step.type === 'finish') {
      last = step
      break
    } else {
      if (!started) yield context.start
      started = true
      yield* writer.write(step)
    }
  }
  signal?.throwIfAborted()
  if (!started) yield context.start
  yield* writer.close()
  const { calls, length } = writer.written()
  yield {
    type: 'finish',
    stopReason: last?.stopReason ?? (calls > 0 ? 'tool-use' : 'end-turn'),
    usage: last?.usage ?? { inputTokens: tokens(inputLength(request)), outputTokens: tokens(length) },
  }
}

/** Turns output steps into the events of numbered blocks, and counts them. */
const createWriter = (request: CompletionRequest) => {
  const firstCall = nextCallNumber(request.messages)
  let index = -1
  let open = false
  let calls = 0
  let length = 0

  function* close(): Generator<StreamEvent> {
    if (open) yield { type: 'block-end', index }
    open = false
  }

  function* toolUse(step: ToolUseStep): Generator<StreamEvent> {
    const text = typeof step.input === 'string' ? step.input : JSON.stringify(step.input)
    const half = Math.ceil(text.length / 2)
    yield { type: 'tool-use-start', index, id: step.id ?? `call_mock_${firstCall + calls}`, name: step.name }
    yield { type: 'tool-input-delta', index, text: text.slice(0, half) }
    calls += 1
    length += step.name.length + text.length
    if (step.partial) return
    if (half < text.length) yield { type: 'tool-input-delta', index, text: text.slice(half) }
    yield* close()
  }

  function* write(
    step: Extract<MockStep, { type: 'text' | 'thinking' | 'tool-use' }>,
  ): Generator<StreamEvent> {
    if (step.type !== 'text') yield* close()
    if (!open) index += 1
    open = true
    if (step.type === 'tool-use') {
      yield* toolUse(step)
      return
    }
    length += step.text.length
    if (step.type === 'text') {
      yield { type: 'text-delta', index, text: step.text }
      return
    }
    yield { type: 'thinking-delta', index, text: step.text }
    if (step.signature !== undefined)
      yield { type: 'thinking-delta', index, text: '', signature: step.signature }
    // Whoever signed it is the only one who takes it back: no real provider may be sent a mock's signature.
    yield { type: 'block-end', index, extra: { dialect: 'mock' } }
    open = false
  }

  return { write, close, written: () => ({ calls, length }) }
}

/** Four characters are a token: coarse, and the mock's own exact rule. */
const tokens = (characters: number): number => Math.ceil(characters / 4)

const toError = (
  { error, retryAfterMs }: Extract<MockStep, { type: 'fail' }>,
  provider: string,
): ProviderError => {
  if (typeof error !== 'string') return error
  const message = `The mock model was told to fail with "${error}".`
  return new ProviderError(message, { code: error, provider, status: statusOf[error], retryAfterMs })
}
