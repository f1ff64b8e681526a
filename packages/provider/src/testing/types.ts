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
  /** A 200 that turns into an error: an event in a stream, an error status otherwise. */
  | { type: 'error-event'; error: string; message?: string | undefined }
  /** The connection breaks. */
  | { type: 'reset' }
  /** The body ends cleanly, without its terminal marker. */
  | { type: 'end' }
  /** Bytes as they are: a comment, an unknown event, an unreadable line. */
  | { type: 'raw'; text: string }
  /** Ends the answer for a reason in the words of the API. */
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

/** What the fake answers. */
export type FakeAnswer = readonly FakeStep[] | FakeFault

/** What the fake was sent. */
export interface RecordedRequest {
  /** `undefined` for a path that no API has. */
  dialect: FakeDialect | undefined
  method: string
  path: string
  headers: Record<string, string>
  /** The body's bytes as text. */
  text: string
  /** The parsed body; `undefined` when it is no JSON. */
  body: unknown
  /** The text of the last user message. */
  lastText: string
  /** Whether the caller went away before the answer was whole. */
  aborted: boolean
  /** Resolves when the caller goes away; never if it does not. */
  whenAborted: Promise<void>
}

/** Options of `createFakeUpstream`. */
export interface FakeUpstreamOptions {
  /** What to answer to a request that was not refused; `undefined` for what the last user text says. */
  script?: ((request: RecordedRequest) => FakeAnswer | undefined) | undefined
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
