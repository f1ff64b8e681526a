import type { ProviderError } from '../errors.ts'
import type { ClientError } from '../types/client-error.ts'
import type { CompletionRequest, CompletionResponse, Warning } from '../types/completion.ts'
import type { JsonObject } from '../types/json.ts'
import type { ClientDialectName } from '../types/message.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import type { Dialect } from './dialect.ts'

/** A client's request in the vocabulary. */
export interface DecodedRequest {
  request: CompletionRequest
  stream: boolean
  /** What the vocabulary cannot carry, said once each. */
  warnings: Warning[]
  /**
   * How this client wants its answer written, where its request decides that (Chat's legacy functions and custom
   * tools). Small, and for the encoders of the same dialect alone: hand it on in {@link ClientContext}.
   */
  answerForm?: JsonObject | undefined
}

/** What an encoder of answers cannot see in the answer. */
export interface ClientContext {
  /** Milliseconds since the epoch, for the time that Chat puts on its answers. */
  now: number
  /** Makes an id where the answer has none. */
  generateId(): string
  /** Did the client ask for the usage of its stream? Chat sends none unasked. */
  includeUsage: boolean
  /** As {@link DecodedRequest} gave it. */
  answerForm?: JsonObject | undefined
  /** Roughly what the model reads, for a dialect that tells it before the upstream does. The end tells the true figure. */
  inputEstimate?: number | undefined
}

/** Writes one streamed answer, event by event, as SSE text. */
export interface StreamEncoder {
  /** The frames of an event; `''` where it says nothing yet. Frames are complete: a comment may stand between calls. */
  encode(event: StreamEvent): string
  /** The frames that tell of a break, after any others. No marker of a whole answer follows them. */
  fail(error: ClientError): string
}

/** What of a client's body the gateway touches when it relays it. */
export interface RelayPlan {
  stream: boolean
  /** Did the client itself ask for usage? Where not, the chunk that holds nothing else is not shown. */
  includeUsage: boolean
  /** Must every event be read, since only all of them tell whether the answer is whole? @defaultValue false */
  readsAll?: boolean | undefined
}

/** What is noted of an answer that passes. */
export type AnswerEnd = Pick<CompletionResponse, 'usage' | 'stopReason'>

/**
 * What the relay must know of a dialect's streams. After the first content only events that contain one of `needles`
 * are parsed; every other one passes unread.
 */
export interface RelayRules {
  /** Texts, one of which is in every event that matters: the terminal marker, usage, errors. In compact JSON. */
  readonly needles: readonly string[]
  /** Does this event hold nothing but usage? */
  isUsageOnly(data: string): boolean
  /**
   * What a whole answer says of its end, read without checking the rest of it; `undefined` where it is none. It is
   * never an error's body.
   */
  readEnd(answer: JsonObject): AnswerEnd | undefined
  /** What the names of the dialect's own request headers begin with, in lower case. */
  readonly headerPrefixes: readonly string[]
}

/** One wire format towards a client: the other direction of its folder's `Dialect`. Pure functions. */
export interface ClientDialect {
  readonly name: ClientDialectName
  /** The other direction: how a relay reads the answers that it lets through. */
  readonly upstream: Pick<Dialect, 'createStreamDecoder' | 'decodeResponse'> & {
    /** Why a whole answer that looks like one is none, where the dialect has words for that; nothing else is checked. */
    findFault?(answer: JsonObject, provider: string): ProviderError | undefined
  }
  readonly rules: RelayRules
  /**
   * Reads a request's body. ProviderError `invalid-request` names the field, as a path, that cannot be meant. What the
   * vocabulary does not model is kept in `extra`, tagged with this dialect.
   */
  decodeRequest(body: JsonObject): DecodedRequest
  /** Reads what a relay must know, and nothing more. The same errors for what no upstream could take. */
  planRelay(body: JsonObject): RelayPlan
  encodeResponse(response: CompletionResponse, context: ClientContext): JsonObject
  createStreamEncoder(context: ClientContext): StreamEncoder
  /** The body of an error's answer. */
  encodeError(error: ClientError): JsonObject
}
