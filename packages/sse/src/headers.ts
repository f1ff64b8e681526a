import { SseError } from './errors.ts'

/** They would describe another body than the one that is sent. */
const REFUSED = ['content-encoding', 'content-length']

/**
 * The headers of an event stream: its content type in UTF-8 (the one charset that browsers take), no caching and no
 * transformation on the way, no buffering in nginx and those that read its header.
 *
 * @param extra further headers. They may replace `cache-control` and `x-accel-buffering`, not `content-type`.
 * @throws SseError `invalid-option` for `content-encoding` or `content-length`: an event stream has neither.
 */
export const sseHeaders = (extra?: HeadersInit | undefined): Headers => {
  const headers = new Headers(extra)
  for (const name of REFUSED) {
    if (headers.has(name))
      throw new SseError('invalid-option', `An event stream is sent without ${name}; remove it.`)
  }
  headers.set('content-type', 'text/event-stream; charset=utf-8')
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-cache, no-transform')
  if (!headers.has('x-accel-buffering')) headers.set('x-accel-buffering', 'no')
  return headers
}
