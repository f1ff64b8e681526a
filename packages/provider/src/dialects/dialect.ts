import type { SseMessage } from '@gateway/sse'
import type { ProviderError } from '../errors.ts'
import type { CompletionRequest, CompletionResponse, Warning } from '../types/completion.ts'
import type { JsonObject } from '../types/json.ts'
import type { DialectName } from '../types/message.ts'
import type { StreamEvent } from '../types/stream-event.ts'

/** A request as it goes over the wire, and what of the vocabulary's request is not in it. */
export interface EncodedRequest {
  body: JsonObject
  warnings: Warning[]
  /** The tools whose names the wire does not take, by the names that stand for them; for {@link DecodeContext}. */
  toolNames?: ReadonlyMap<string, string> | undefined
}

/** Options of one encoding. */
export interface EncodeOptions {
  stream: boolean
}

/** What a decoder cannot see on the wire. */
export interface DecodeContext {
  /** The provider's name, for errors. */
  provider: string
  /** The model that was asked for; stands in where the answer names none. */
  model: string
  /** Makes an id where the upstream sent none. */
  generateId(): string
  /** As {@link EncodedRequest} gave it. */
  toolNames?: ReadonlyMap<string, string> | undefined
  /**
   * Is nothing wanted of a stream but whether there is content, and how it ends? A relay's decoder leaves unread what
   * says neither: there need be no `start`, and no `extra` in the `finish`.
   */
  isRelay?: boolean | undefined
}

/** Reads one streamed answer, message by message: one `start` first, one `finish` last. */
export interface StreamDecoder {
  /** The events of a message; no further one is read after `finish`. ProviderError for an error in the stream. */
  take(message: SseMessage): StreamEvent[]
  /**
   * The messages ended, or broke off with `fault`: gives what is left up to `finish` where the answer is whole all the
   * same. Otherwise it throws the fault, or ProviderError for an end without the terminal marker.
   */
  end(fault?: { error: unknown }): StreamEvent[]
}

/** An answer with an error status, read up to a limit. */
export interface ErrorAnswer {
  provider: string
  status: number
  headers: Readonly<Record<string, string>>
  body: string
  /** Milliseconds since the epoch, to turn the date of a `Retry-After` into a wait. */
  now: number
}

/**
 * One wire format: pure functions between it and the vocabulary. The folder of each dialect has the same files.
 * Here is the direction towards an upstream; every function knows nothing of HTTP but status and headers.
 */
export interface Dialect {
  readonly name: DialectName
  /** ProviderError `invalid-request` for a history that no dialect can carry. */
  encodeRequest(request: CompletionRequest, options: EncodeOptions): EncodedRequest
  /** Takes the parsed body of a 2xx answer. ProviderError where it is no answer, or an error in disguise. */
  decodeResponse(body: unknown, context: DecodeContext): CompletionResponse
  createStreamDecoder(context: DecodeContext): StreamDecoder
  decodeError(answer: ErrorAnswer): ProviderError
  /** Is it an error body as this dialect's clients know it, so that it can be handed on as it is? */
  isErrorBody(body: JsonObject): boolean
}
