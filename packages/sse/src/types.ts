/** What goes out: one event, or a comment or `retry` on its own. Every field is optional. */
export interface SseFrame {
  /** The event's type. No line ends, no NUL. Empty is the same as absent: clients then say `message`. */
  event?: string | undefined
  /** Any string. Its line ends (CRLF, CR, LF) all arrive as LF; without `data` clients dispatch nothing. */
  data?: string | undefined
  /** What a client sends back as `Last-Event-ID`. No line ends, no NUL. Empty resets the client's. */
  id?: string | undefined
  /** How long clients wait before they reconnect, in whole milliseconds. */
  retry?: number | undefined
  /** Text that clients ignore. Line ends start a further comment line. */
  comment?: string | undefined
}

/** What came in: one dispatched event. */
export interface SseMessage {
  /** The event's type, where it named one. Browsers call the others `message`. */
  event?: string | undefined
  /** The `data` lines, joined by LF. */
  data: string
  /** The id that this event itself carried. */
  id?: string | undefined
  /** The last id seen so far, whichever event carried it; empty before the first. */
  lastEventId: string
}

/** Where bytes come from: a fetch body, a Node stream, a generator, an array of chunks. */
export type SseByteSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Iterable<Uint8Array>
