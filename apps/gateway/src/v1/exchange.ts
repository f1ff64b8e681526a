import type { ForwardSink } from '@gateway/provider'

/** Answer headers, names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string>>

/**
 * One request of a client and the answer to it, whatever carries them: the port that lets the `/v1` routes run over
 * Node's own request and response, and over `Request` and `Response` elsewhere. The answer is written with `send`, or
 * with the calls of `ForwardSink`; once the client is gone they all do nothing.
 */
export interface Exchange extends ForwardSink {
  readonly method: string
  /** As it was sent, without the query. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Aborts when the client goes before the answer is whole, and by `abort`. */
  readonly signal: AbortSignal
  /** Was the head of an answer given? */
  isAnswered(): boolean
  /** Reads the whole body, once. Rejects with ApiError 413 beyond `limit` bytes, and with the signal's reason. */
  readBody(limit: number): Promise<Uint8Array>
  /**
   * Reads what is left of the body and drops it, so that a client that is still sending can see its refusal. What is
   * too much to read makes the answer close the connection. Never rejects, and settles where nothing more can come.
   */
  dropBody(): Promise<void>
  /** A whole answer. */
  send(status: number, headers: AnswerHeaders, body: string): void
  /** Gives up: aborts the signal with this reason. */
  abort(reason: unknown): void
  /** Ends the connection without an end of the answer: all that is left to say honestly in the middle of an event. */
  cut(): void
}

/** Why a signal aborts when a client leaves. */
export const clientGone = (): DOMException =>
  new DOMException('The client closed the connection.', 'AbortError')

/** Has the client left? Other reasons of an abort are ours, and the client waits for an answer. */
export const isClientGone = (signal: AbortSignal): boolean =>
  signal.aborted && signal.reason instanceof DOMException

/** Splits a request target at its query. */
export const splitTarget = (target: string): [path: string, query: string] => {
  const mark = target.indexOf('?')
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)]
}

/** Does an answer with these headers come in pieces over time? Anything else is one piece. */
export const isEventStream = (headers: AnswerHeaders): boolean =>
  headers['content-type']?.startsWith('text/event-stream') === true
