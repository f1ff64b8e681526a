import type { ProviderError } from '../errors.ts'
import type { CompletionRequest, CompletionResponse } from './completion.ts'
import type { DialectName } from './message.ts'
import type { StreamEvent } from './stream-event.ts'
import type { StreamSink } from './stream-sink.ts'
import type { TransportSink } from './transport.ts'

/** Options of one call. */
export interface CallOptions {
  /** Aborts the upstream request; its `reason` is what the call rejects with, untouched. */
  signal?: AbortSignal | undefined
  /** More request headers; they cannot replace credentials. */
  headers?: Record<string, string> | undefined
  /** How long the connection may take to stand, in milliseconds. @defaultValue the transport's own limit */
  connectTimeoutMs?: number | undefined
  /** Hears of each piece of an answer's body, pings too, so that silence can be told from waiting. */
  onData?: (() => void) | undefined
}

/** What differs between the servers of one dialect when bodies are relayed to them. */
export interface RelaySupport {
  /**
   * Does it take `stream_options`, so that the usage of a Chat stream can be asked for?
   * @defaultValue true
   */
  streamUsage?: boolean | undefined
  /** The same error without anything that must not be told, such as a key that the upstream quotes. */
  toOwnError?(error: ProviderError): ProviderError
}

/** An endpoint with its credentials. */
export interface Provider {
  /** Unique among the providers of a manager. */
  readonly name: string
  readonly dialects: readonly DialectName[]
  /** Model names that it serves, where the operator listed them. */
  readonly models?: readonly string[] | undefined
  /** Does it serve this model, judged by the name alone? */
  serves(model: string): boolean
  complete(request: CompletionRequest, options?: CallOptions): Promise<CompletionResponse>
  /**
   * Settles on the upstream's status, so an error status rejects here; the iteration fails where the stream breaks
   * or ends without its terminal marker. Iterate it or abort the signal.
   */
  stream(request: CompletionRequest, options?: CallOptions): Promise<AsyncIterable<StreamEvent>>
  /**
   * The same pushed into a sink, for hot paths: resolves after the `finish`, rejects with what `stream` would reject or
   * fail with. Whoever has many streams open asks for this where it is there.
   */
  streamTo?(request: CompletionRequest, sink: StreamSink, options?: CallOptions): Promise<void>
  /** What a relay to it has to know. */
  readonly relay?: RelaySupport | undefined
  /**
   * Relays a body in one of `dialects` as it is; the bytes of a 2xx answer go to the sink as they come. Any other
   * status reaches it as `error` with the ProviderError that it stands for, `answer` in it where it is well-formed.
   */
  forward(dialect: DialectName, body: Uint8Array, sink: TransportSink, options?: CallOptions): Promise<void>
  /** Relays a body of `POST /v1/embeddings` (OpenAI's form) as it is. */
  embed?(body: Uint8Array, sink: TransportSink, options?: CallOptions): Promise<void>
  /** Relays a body of `POST /v1/messages/count_tokens` (Anthropic's form) as it is. */
  countTokens?(body: Uint8Array, sink: TransportSink, options?: CallOptions): Promise<void>
}
