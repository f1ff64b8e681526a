import type { Message } from '@gateway/provider'
import { type SessionEvent, type SessionKey, type SessionManager, terminalStatus } from '@gateway/session'
import { type SseFrame, sseResponse } from '@gateway/sse'
import type { Context } from 'hono'
import { toFrame } from '../wire/events.ts'
import type { CapacityLimits, Gauge } from './capacity.ts'
import type { RequestEnv } from './env.ts'
import type { Viewers } from './viewers.ts'

/** What a stream of a session's log is served with. */
export interface EventStreamOptions {
  sessions: SessionManager<Message>
  viewers: Viewers
  streams: Gauge
  capacity: CapacityLimits
  closing: AbortSignal
  keepAliveMs: number
}

/** Which part of which log. */
export interface EventStreamRequest {
  key: SessionKey
  after: number
  /** Only this turn's events, ending with its terminal event. */
  turnId?: string | undefined
  headers?: Record<string, string> | undefined
  /** What `takeSeat` gave, where it was taken earlier. */
  leaveSeat?: (() => void) | undefined
  /** Called once, when the stream is over for whatever reason. */
  onClose?: (() => void) | undefined
}

/** Takes a place among the open streams; call the result to give it back. @throws ApiError 503 at a cap. */
export const takeSeat = ({ streams, capacity }: EventStreamOptions, key: SessionKey): (() => void) =>
  streams.enter([
    { name: 'all', limit: capacity.streams },
    { name: `tenant ${key.tenant}`, limit: capacity.streamsPerTenant },
    { name: `session ${key.tenant} ${key.id}`, limit: capacity.streamsPerSession },
  ])

/** Answers with the log as SSE: what is behind `after`, then what comes. @throws ApiError 503 at a cap. */
export const eventStream = (
  c: Context<RequestEnv>,
  options: EventStreamOptions,
  request: EventStreamRequest,
): Response => {
  const { sessions } = options
  const { key, after, turnId } = request
  const leaveSeat = request.leaveSeat ?? takeSeat(options, key)
  const leave = options.viewers.enter(key)
  let open = true
  const close = () => {
    if (!open) return
    open = false
    leaveSeat()
    leave()
    request.onClose?.()
  }
  const stop = new AbortController()
  const events = frames(logOf(sessions, key, after, stop.signal, options.closing), turnId)
  // An iterator of our own: `return()` of a generator would wait behind its pending `next()`, and of one that was
  // never started it would clean up nothing.
  const source: AsyncIterable<SseFrame> = {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const step = await events.next()
        if (step.done === true) close()
        return step
      },
      async return() {
        stop.abort()
        close()
        return { done: true, value: undefined }
      },
    }),
  }
  const log = c.get('log')
  return sseResponse(source, {
    keepAliveMs: options.keepAliveMs,
    headers: request.headers,
    // Headers are out: an honest cut, after which the client resumes, and a line in the log.
    onError: (error) => {
      close()
      log.error({ err: error, session_id: key.id }, 'stream')
      return undefined
    },
  })
}

/** The log as it grows. When the server closes, what is in the log by then is still delivered: how turns ended. */
async function* logOf(
  sessions: SessionManager<Message>,
  key: SessionKey,
  after: number,
  stop: AbortSignal,
  closing: AbortSignal,
): AsyncGenerator<SessionEvent, undefined> {
  let position = after
  for await (const event of sessions.tail(key, { after, signal: AbortSignal.any([stop, closing]) })) {
    yield event
    position = event.seq
  }
  if (closing.aborted && !stop.aborted) yield* (await sessions.read(key, { after: position })) ?? []
  return undefined
}

async function* frames(
  events: AsyncIterable<SessionEvent>,
  turnId: string | undefined,
): AsyncGenerator<SseFrame, undefined> {
  for await (const event of events) {
    if (turnId !== undefined && event.turnId !== turnId) continue
    yield toFrame(event)
    if (turnId !== undefined && terminalStatus[event.type] !== undefined) return undefined
  }
  return undefined
}
