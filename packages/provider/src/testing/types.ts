import type { JsonObject } from '../types/json.ts'
import type { DialectName } from '../types/message.ts'

/** Which API a request went to. */
export type FakeDialect = Exclude<DialectName, 'mock'>

/** One thing that the fake does in its answer. */
export type FakeStep =
  /** One delta of text; neighbours make up one block. */
  | { type: 'text'; text: string }
  /** Anthropic: a thinking block with a signature that the fake remembers. OpenAI: hidden, counted as reasoning. */
  | { type: 'thinking'; text: string }
  /** A tool call; `input` as text is sent as it is. The id is made up where there is none. */
  | { type: 'tool-call'; name: string; input: JsonObject | string; id?: string | undefined }
  /** Waits; before any other step it holds back the status line too. */
  | { type: 'wait'; until: PromiseLike<unknown> }
  /** Words of a refusal. OpenAI: in `refusal`. Anthropic: a `stop_reason` of `refusal`, without any. */
  | { type: 'refusal'; text: string }
  /** What keeps a connection alive: Anthropic's `ping` event, a comment line at OpenAI. */
  | { type: 'ping' }
  /** Fields of the reported usage in the words of the API, instead of the fake's own count; `null` reports none. */
  | { type: 'usage'; usage: JsonObject | null }
  /** A 200 that turns into an error: an event in a stream, an error status otherwise. */
  | { type: 'error-event'; error: string; message?: string | undefined }
  /** The connection breaks; as the first step, before the status line. */
  | { type: 'reset' }
  /** The body ends cleanly where this stands: in mid-answer, or behind a `finish` but without the terminal marker. */
  | { type: 'end' }
  /** Text as it is: a comment, an unknown event, an unreadable line. */
  | { type: 'raw'; text: string }
  /** Ends the answer for a reason in the words of the API, where this stands. */
  | { type: 'finish'; reason: string }

/** An answer with an error status. */
export interface FakeFault {
  status: number
  /** The API's `error.type`; by the status where it is absent. */
  type?: string | undefined
  message?: string | undefined
  /** OpenAI's `error.code` and `error.param`. */
  code?: string | undefined
  param?: string | undefined
  headers?: Record<string, string> | undefined
  /** Sent instead of the API's error body, as HTML. */
  body?: string | undefined
}

/** An answer that is sent as it was recorded, or made up: no step of it is framed by the fake. */
export interface FakeRecording {
  recording: string
  /** @defaultValue 200 */
  status?: number | undefined
  /** Beside those that every answer has. The content type is that of what was asked for, a stream or JSON. */
  headers?: Record<string, string> | undefined
}

/** What the fake answers. */
export type FakeAnswer = readonly FakeStep[] | FakeFault | FakeRecording

/** How the bytes of an answer travel; what they mean does not change. */
export interface FakeDelivery {
  /**
   * How they are cut: at each event, not at all, after so many bytes each (1 cuts every character of more than one), or
   * at random places, which are the same in each run.
   * @defaultValue `events`
   */
  cut?: 'events' | 'none' | 'random' | number | undefined
  /** What ends the lines of a stream. @defaultValue `\n` */
  lineEnd?: '\n' | '\r\n' | '\r' | undefined
  /** Puts a comment line, as keep-alives are, before every event of a stream. */
  comments?: boolean | undefined
  /** Begins a stream with a byte order mark. */
  bom?: boolean | undefined
  /** Writes the fields of a stream without the space behind their colon. */
  tight?: boolean | undefined
  /**
   * Encodes the body with gzip, flushed behind each piece, whatever the request accepts. For a fake that is mounted on a
   * server: a `fetch` would have undone it.
   */
  gzip?: boolean | undefined
}

/** What the fake was sent. */
export interface RecordedRequest {
  /** `undefined` for a path that no API has. */
  dialect: FakeDialect | undefined
  method: string
  path: string
  headers: Record<string, string>
  /** The body as it came. */
  bytes: Uint8Array
  /** The body's bytes as text. */
  text: string
  /** The parsed body; `undefined` when it is no JSON. */
  body: unknown
  /** The text of the last user message. */
  lastText: string
  /** Whether the fake accepted it; what is refused gets the API's own error. */
  accepted: boolean
  /** How many bytes of the answer's body were taken so far. */
  sent: number
  /** Whether the caller went away before the answer was whole. */
  aborted: boolean
  /** When that was, in milliseconds of the fake's clock. */
  abortedAt?: number | undefined
  /** Resolves when the caller goes away; never if it does not. */
  whenAborted: Promise<void>
}

/** Options of `createFakeUpstream`. */
export interface FakeUpstreamOptions {
  /** What to answer to a request that was not refused; `undefined` for what the last user text says. */
  script?: ((request: RecordedRequest) => FakeAnswer | undefined) | undefined
  /** How the answer to an accepted request travels; `undefined` for one piece per event. */
  delivery?: ((request: RecordedRequest) => FakeDelivery | undefined) | undefined
  /** The clock of `abortedAt`. @defaultValue `Date.now` */
  now?: (() => number) | undefined
  /** The key that is accepted; every other is a 401. @defaultValue `test-key` */
  apiKey?: string | undefined
  /** Models that exist; every other is a 404. @defaultValue all */
  models?: readonly string[] | undefined
}

/** A fake of the APIs. */
export interface FakeUpstream {
  /** Answers a request; fits wherever a `fetch` is taken. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>
  /** Everything that arrived, in order. */
  readonly requests: RecordedRequest[]
}
