import { createStage, type StagedRequest } from '../http/test-support.ts'
import { createProviderManager } from '../manager/provider-manager.ts'
import { createAnthropic } from '../providers/anthropic.ts'
import { createOpenAI } from '../providers/openai.ts'
import type { ForwardReport, ForwardRequest, ForwardSink } from '../types/forward.ts'
import type { JsonObject } from '../types/json.ts'
import type { ClientDialectName } from '../types/message.ts'
import type { Forward } from './forward.ts'

/*
 * For this package's own tests; nothing here is exported or built.
 */

/** A client that writes down what it is sent, and may ask for pauses. */
export interface Recorder extends ForwardSink {
  status: number | undefined
  headers: Readonly<Record<string, string>>
  /** The body as text. */
  text(): string
  /** The pieces of the body as they were written. */
  readonly pieces: string[]
  ended: boolean
  /** Asks for a pause after each write until `resume`. */
  pause(): void
  resume(): void
}

/** A client that has been sent nothing. */
export const createRecorder = (): Recorder => {
  const parts: Uint8Array[] = []
  let pause: PromiseWithResolvers<void> | undefined
  const recorder: Recorder = {
    status: undefined,
    headers: {},
    pieces: [],
    ended: false,
    text: () => Buffer.concat(parts).toString(),
    pause: () => {
      pause = Promise.withResolvers()
    },
    resume: () => {
      pause?.resolve()
      pause = undefined
    },
    head(status, headers) {
      if (recorder.status !== undefined) throw new Error('A second head.')
      recorder.status = status
      recorder.headers = headers
    },
    data(bytes) {
      if (recorder.status === undefined || recorder.ended) throw new Error('Data outside the answer.')
      const part = Buffer.from(bytes as Uint8Array)
      parts.push(part)
      recorder.pieces.push(part.toString())
      return pause === undefined
    },
    ready: () => pause?.promise ?? Promise.resolve(),
    end() {
      if (recorder.ended) throw new Error('A second end.')
      recorder.ended = true
    },
  }
  return recorder
}

/** Forwarding before an upstream that the test plays: `gpt-*` over Chat, `claude-*` over Messages. */
const createBench = (): { forward: Forward; latest(): StagedRequest } => {
  const { transport, latest } = createStage()
  const options = { apiKey: 'sk-own-0123456789', transport, now: () => 0, generateId: () => 'gen' }
  const { forward } = createProviderManager({
    providers: [createOpenAI(options), createAnthropic(options)],
    models: { fast: { targets: [{ provider: 'openai', model: 'gpt-5-mini' }] } },
    now: () => 0,
    generateId: () => 'gen',
    // What becomes of a failure is the walk's matter, tested there.
    retry: { attempts: 0 },
  })
  return { forward, latest }
}

/** A request as a client sends it. */
const toRequest = (
  dialect: ClientDialectName,
  body: string | JsonObject,
  headers: Record<string, string> = {},
): ForwardRequest => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const value: JsonObject = JSON.parse(text)
  return { dialect, body: new TextEncoder().encode(text), value, headers }
}

/** A call that has been sent, and the client and upstream at its ends. */
export interface Call {
  called: Promise<ForwardReport>
  client: Recorder
  upstream: StagedRequest
}

/** Sends a request; the upstream waits for the test to answer. */
export const call = (request: ForwardRequest, signal?: AbortSignal, heartbeatMs?: number): Call => {
  const { forward, latest } = createBench()
  const client = createRecorder()
  const called = forward(request, client, { signal, requestId: 'req_1', heartbeatMs })
  called.catch(() => {})
  return { called, client, upstream: latest() }
}

export const sse = { 'content-type': 'text/event-stream; charset=utf-8' }
export const json = { 'content-type': 'application/json' }

/** A body that asks for a stream. */
export const ask = (dialect: ClientDialectName, over: JsonObject = {}): ForwardRequest =>
  toRequest(dialect, {
    model: dialect === 'openai-chat' ? 'gpt-4.1' : 'claude-sonnet-4-6',
    messages: [{ role: 'user', content: 'Hi' }],
    ...(dialect === 'anthropic-messages' && { max_tokens: 100 }),
    stream: true,
    ...over,
  })

/** Lets everything that is already due run. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
