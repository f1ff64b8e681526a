import { sseHeaders } from './headers.ts'
import { createWriter, type SseStreamOptions, type SseWriter } from './writer.ts'

/** What is used of a `ServerResponse` of `node:http`. */
export interface NodeSseTarget {
  readonly headersSent: boolean
  readonly destroyed: boolean
  readonly writableEnded: boolean
  setHeader(name: string, value: string | string[]): unknown
  flushHeaders(): void
  write(bytes: Uint8Array, taken: () => void): unknown
  end(): unknown
  destroy(): unknown
  on(event: 'close' | 'error', listener: (error?: unknown) => void): unknown
}

/** Options of {@link createNodeSseStream}. */
export interface NodeSseStreamOptions extends SseStreamOptions {
  /** Further headers, see `sseHeaders`. */
  headers?: HeadersInit | undefined
}

const sendHead = (response: NodeSseTarget, headers: Headers): void => {
  for (const [name, value] of headers) if (name !== 'set-cookie') response.setHeader(name, value)
  const cookies = headers.getSetCookie()
  if (cookies.length > 0) response.setHeader('set-cookie', cookies)
  response.flushHeaders()
}

/**
 * Creates an event stream on a Node response: as `createSseStream`, without Web Streams in between.
 *
 * Sends the head at once, unless it has been sent already (status 200 unless the response says otherwise). A send
 * settles when less than 16 KiB wait, or rejects when the client leaves; on overflow and abort the connection is cut.
 *
 * @throws SseError `invalid-option` or `invalid-field` for an option out of its range.
 *
 * @example
 * const server = createServer(async (request, response) => {
 *   const stream = createNodeSseStream(response)
 *   await stream.send({ data: 'hello' })
 *   stream.close()
 * })
 */
export const createNodeSseStream = (
  response: NodeSseTarget,
  options: NodeSseStreamOptions = {},
): SseWriter => {
  const headers = sseHeaders(options.headers)
  const gone = response.destroyed || response.writableEnded
  // Counted here: Node lets 64 KiB wait, and its own count holds the head and the framing of chunks as well.
  let waiting = 0

  const hosted = createWriter(
    {
      open: () => {
        if (!gone && !response.headersSent) sendHead(response, headers)
      },
      write: (bytes) => {
        if (gone) return
        waiting += bytes.length
        response.write(bytes, () => {
          waiting -= bytes.length
          hosted.taken()
        })
      },
      waiting: () => waiting,
      end: () => response.end(),
      destroy: () => {
        // One that has ended may still be on its way to the client.
        if (!gone) response.destroy()
      },
    },
    options,
  )
  // They stay until the response is collected: an error that came later would otherwise end the process.
  response.on('close', () => hosted.gone(undefined))
  response.on('error', (error) => hosted.gone(error))
  if (gone) hosted.gone(undefined)
  return hosted.writer
}
