import type { ProviderError } from '../errors.ts'
import type { OnBreak } from '../routing/route.ts'
import type { StopReason, Usage, Warning } from './completion.ts'
import type { JsonObject } from './json.ts'
import type { ClientDialectName } from './message.ts'

/** A client's request as it came, in its own dialect. */
export interface ForwardRequest {
  dialect: ClientDialectName
  /** The bytes, which a relay sends on. */
  body: Uint8Array
  /** The same, parsed. */
  value: JsonObject
  /** The client's headers, names in lower case. What belongs to the dialect passes in a relay; credentials never do. */
  headers?: Readonly<Record<string, string>> | undefined
}

/** Where the answer to a client goes. Calls come in order: `head` once, `data`*, `end`. */
export interface ForwardSink {
  head(status: number, headers: Readonly<Record<string, string>>): void
  /**
   * Bytes are lent: they are valid until it returns, and a sink copies what it keeps. Returns false to ask for a pause
   * until `ready` settles.
   */
  data(bytes: Uint8Array | string): boolean
  ready(): Promise<void>
  end(): void
}

/** Options of one forwarded request. */
export interface ForwardOptions {
  /** Aborts when the client has gone; the upstream is freed at once and the call rejects with its reason. */
  signal?: AbortSignal | undefined
  /** Stands in errors within a stream. */
  requestId: string
  /**
   * Milliseconds of silence after which an open stream gets a `: ping` comment; 0 for none.
   * @defaultValue 15000
   */
  heartbeatMs?: number | undefined
  /** What becomes of a stream that breaks off. @defaultValue what the model's route says, else `error` */
  onBreak?: OnBreak | undefined
}

/** What became of a forwarded request whose answer began. */
export interface ForwardReport {
  provider: string
  /** The model that the upstream was asked for. */
  model: string
  attempts: number
  /** True where the client's own bytes went up and the upstream's came down. */
  isRelay: boolean
  stream: boolean
  status: number
  usage: Usage
  stopReason?: StopReason | undefined
  warnings: Warning[]
  /** Milliseconds from the call to the first content. */
  firstTokenMs?: number | undefined
  /** Why the answer broke off after it had begun; the client was told in its dialect. */
  error?: ProviderError | undefined
}
