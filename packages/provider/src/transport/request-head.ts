import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { ProviderError } from '../errors.ts'
import { isHeaderValue } from '../http/passed-headers.ts'
import type { TransportRequest } from '../types/transport.ts'
import { isToken } from './answer-head.ts'
import type { RequestTarget } from './request-target.ts'

/** A request as it is written. */
export interface OutgoingRequest {
  /** Request line and headers, in latin1, with the empty line. */
  head: string
  body: string | Uint8Array | undefined
  bodyBytes: number
  /** Does its answer have no body, whatever its headers say? */
  isBodiless: boolean
}

/*
 * What frames a request or belongs to its connection is ours to say: a second opinion in it is how one request becomes
 * two. https://www.rfc-editor.org/rfc/rfc9112#section-11.2
 */
const ours: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'keep-alive', 'proxy-connection', 'upgrade', 'te', 'trailer', 'expect'],
  ...['content-length', 'transfer-encoding', 'http2-settings'],
])

/**
 * A request in the form of HTTP/1.1. ProviderError `invalid-request` for a method, a name or a value that could end its
 * line, and for a header that is the transport's to set; no value is quoted, since it may be a key.
 */
export const toOutgoingRequest = (request: TransportRequest, target: RequestTarget): OutgoingRequest => {
  const { headers, body } = request
  const method: string = request.method
  const { host, path } = target
  if (!isToken(method) || method === 'CONNECT') throw refused(host, 'its method is none')
  if (!/^\/[\x21-\x7e]*$/.test(path)) throw refused(host, 'its path is none')
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\naccept-encoding: identity\r\n`
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined) continue
    const kind = toKind(name)
    // A body is relayed as it is, so the upstream is asked for one that everybody can read.
    if (kind === 'replaced') continue
    if (kind === 'ours') throw refused(host, `"${name.toLowerCase()}" is a header that the transport sets`)
    if (kind === 'bad' || !isHeaderValue(value)) throw refused(host, 'a header holds what none can hold')
    head += `${name}: ${value}\r\n`
  }
  const bodyBytes =
    body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  const hasLength = bodyBytes > 0 || body !== undefined || (method !== 'GET' && method !== 'HEAD')
  head += hasLength ? `content-length: ${bodyBytes}\r\n\r\n` : '\r\n'
  return { head, body, bodyBytes, isBodiless: method === 'HEAD' }
}

type NameKind = 'plain' | 'replaced' | 'ours' | 'bad'

/** Names as callers write them: there are few, and they repeat. */
const knownNames = new Map<string, NameKind>()
const mostNames = 512

const toKind = (name: string): NameKind => {
  const known = knownNames.get(name)
  if (known !== undefined) return known
  const lower = name.toLowerCase()
  if (!isToken(name)) return 'bad'
  const kind = lower === 'accept-encoding' ? 'replaced' : ours.has(lower) ? 'ours' : 'plain'
  if (knownNames.size < mostNames) knownNames.set(name, kind)
  return kind
}

const refused = (host: string, why: string) =>
  new ProviderError(`The request to ${host} cannot be sent: ${why}.`, { code: 'invalid-request' })

/** Up to here one copy is cheaper than a second piece for the kernel. */
const copiedBytes = 16_384

/** Writes a request at once: one piece, or two in one go where its body is large. */
export const writeRequest = (socket: Socket, { head, body, bodyBytes }: OutgoingRequest): void => {
  if (body === undefined || bodyBytes === 0) {
    socket.write(head, 'latin1')
    return
  }
  if (bodyBytes > copiedBytes) {
    socket.cork()
    socket.write(head, 'latin1')
    socket.write(body)
    socket.uncork()
    return
  }
  const bytes = Buffer.allocUnsafe(head.length + bodyBytes)
  bytes.write(head, 'latin1')
  if (typeof body === 'string') bytes.write(body, head.length)
  else bytes.set(body, head.length)
  socket.write(bytes)
}
