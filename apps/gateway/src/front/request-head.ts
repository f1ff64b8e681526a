import { Buffer } from 'node:buffer'

/** The head of a request that the front takes. */
export interface RequestHead {
  readonly target: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Bytes of the body, by its `content-length`. */
  readonly length: number
  /** Bytes of the head itself. */
  readonly size: number
}

const endOfHead = '\r\n\r\n'
/** As much as Node takes, which answers for what is longer. */
const maxHeadBytes = 16 * 1024
const maxTargetLength = 1024

// https://www.rfc-editor.org/rfc/rfc9112#section-3, #section-5: one space, CR LF and nothing else, no white space before
// a colon, no folded lines. Of more than a thousand headers Node would leave some out.
const form =
  /^POST \/v1\/[\w\-.~/?=&%:,]* HTTP\/1\.1\r\n(?:[!#$%&'*+\-.^`|~\w]+:[\t\x20-\x7e\x80-\xff]*\r\n){1,100}$/

/**
 * Headers that decide how a message is framed, or what becomes of its connection, in ways that only a whole parser of
 * HTTP should judge; and a name that objects have.
 */
const unusual: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'expect',
  'upgrade',
  'http2-settings',
  'te',
  'trailer',
  'keep-alive',
  'proxy-connection',
  'set-cookie',
  '__proto__',
])

/**
 * Reads a head that stands at the beginning of what came, whole. `undefined` for whatever is not the plain case: cut, too
 * long, another method or path or version, no length or an odd one, a repeated name, any header that is about the
 * connection. All of that is Node's to read and to answer, so there is nothing that this reader has to refuse, and
 * nothing that it reads differently.
 */
export const readRequestHead = (bytes: Buffer): RequestHead | undefined => {
  const end = bytes.indexOf(endOfHead, 0, 'latin1')
  if (end < 0 || end > maxHeadBytes) return undefined
  const text = bytes.toString('latin1', 0, end + 2)
  if (!form.test(text)) return undefined
  const lineEnd = text.indexOf('\r\n')
  const target = toTarget(text.slice('POST '.length, lineEnd - ' HTTP/1.1'.length))
  if (target.length > maxTargetLength) return undefined
  const headers: Record<string, string> = {}
  for (let at = lineEnd + 2; at < text.length; ) {
    const colon = text.indexOf(':', at)
    const stop = text.indexOf('\r\n', colon)
    const name = toName(text.slice(at, colon))
    // Neither is there a second of the same name, nor is one called as what every object has.
    if (unusual.has(name) || headers[name] !== undefined) return undefined
    headers[name] = toValue(text, colon + 1, stop)
    at = stop + 2
  }
  const { host, connection, 'content-length': length } = headers
  if (host === undefined || length === undefined || !digits.test(length)) return undefined
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return undefined
  return { target, headers, length: Number(length), size: end + endOfHead.length }
}

// 15 digits are safe integers.
const digits = /^\d{1,15}$/

/** Names as they were written, and in lower case: clients use the same few, and finding one is cheaper than making it. */
const names = new Map<string, string>()
const targets = new Map<string, string>()
// Whoever sends others again and again fills no memory with them.
const mostKnown = 256
const longestKnown = 64

const toName = (written: string): string => {
  const found = names.get(written)
  if (found !== undefined) return found
  return remember(names, written, written.toLowerCase())
}

const toTarget = (written: string): string => targets.get(written) ?? remember(targets, written, written)

/** Whatever is cut out of a head keeps all of it in memory: what stays is a copy. */
const remember = (known: Map<string, string>, written: string, meant: string): string => {
  if (known.size >= mostKnown || written.length > longestKnown) return meant
  const own = copyOf(meant)
  known.set(copyOf(written), own)
  return own
}

const copyOf = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')

/** Without the white space around it. */
const toValue = (text: string, from: number, to: number): string => {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

const isBlank = (code: number): boolean => code === 32 || code === 9
