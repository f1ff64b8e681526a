/** An HTTP request towards an upstream. */
export interface TransportRequest {
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  /** The transport's until its promise settles: bytes that change meanwhile are sent as they are by then. */
  body?: string | Uint8Array | undefined
  /** How long the connection may take to stand, in milliseconds. @defaultValue the transport's own limit */
  connectTimeoutMs?: number | undefined
}

/** Where a response goes. Calls come in order: `head`, `data`*, then one of `end` and `error`. */
export interface TransportSink {
  head(status: number, headers: Readonly<Record<string, string>>): void
  /**
   * The bytes are lent: they are valid until it returns, and then the transport may write over them. A sink copies what
   * it keeps, with `new Uint8Array(bytes)`; `slice()` of a Node `Buffer` copies nothing.
   * Returns false to ask for a pause; the transport goes on once the promise of `ready()` settles.
   */
  data(bytes: Uint8Array): boolean
  ready?(): Promise<void>
  end(): void
  error(error: unknown): void
}

/** How bytes reach an upstream: the seam that lets Node relay without Web Streams. */
export interface Transport {
  /** Settles when the sink has seen `end` or `error`; never rejects for an upstream's fault. */
  dispatch(request: TransportRequest, sink: TransportSink, signal?: AbortSignal): Promise<void>
}
