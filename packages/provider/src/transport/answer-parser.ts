import type { Buffer } from 'node:buffer'
import { type LineScan, malformed, readFields, scanLines, unfinished } from './answer-head.ts'
import { type BodyState, type Framing, readBody, startBody } from './body-framing.ts'
import type { HeadHeaders } from './response-head.ts'

/*
 * An answer of HTTP/1.1 out of bytes, however they are cut. It knows no socket and no sink. What servers are to send is
 * taken, and what parsers are known to read differently is refused, since such an answer ends elsewhere for one of them.
 * https://www.rfc-editor.org/rfc/rfc9112
 */

/** The head of an answer. */
export interface AnswerHead {
  status: number
  /** Names in lower case, repeated ones joined. */
  headers: HeadHeaders
}

/** Why an answer is none. */
export interface AnswerFault {
  reason: string
  /** There was too much of its head, whatever it says. */
  isOverflow: boolean
}

/** What one read of a connection had. */
export interface AnswerPart {
  /** Once, when it is whole; that of a 1xx is left out. */
  head: AnswerHead | undefined
  /** Content without its framing, within the bytes that were read. */
  payload: Buffer | undefined
  fault: AnswerFault | undefined
  isComplete: boolean
}

/** Where the reading of one answer stands. */
export interface AnswerState {
  /** May its connection carry another request once it is complete? */
  isPersistent: boolean
  /** Does it answer HEAD, and has no body whatever it says? */
  readonly isBodiless: boolean
  /** Until its head is whole there is none. */
  body: BodyState | undefined
  scan: LineScan
  /** The head, as far as it came. */
  text: string
  headBytes: number
}

/** An answer of which nothing was read yet. */
export const startAnswer = (isBodiless: boolean): AnswerState => ({
  isPersistent: false,
  isBodiless,
  body: undefined,
  scan: { seen: 0 },
  text: '',
  headBytes: 0,
})

// More than any API sends, and less than would hurt. What comes before the answer counts as well.
const maxHeadBytes = 65_536

/**
 * Reads the first `size` bytes, within which content may be moved. Bytes behind the end of the answer belong to no
 * request: they are not read, and its connection may not be used again.
 */
export const readAnswer = (answer: AnswerState, bytes: Buffer, size: number): AnswerPart => {
  const part: AnswerPart = { head: undefined, payload: undefined, fault: undefined, isComplete: false }
  let at = 0
  while (answer.body === undefined) {
    if (at === size) return part
    at = readHead(answer, bytes, at, size, part)
    if (part.fault !== undefined) return part
  }
  const { body } = answer
  if (!body.isComplete && at < size) {
    at = readBody(body, bytes, at, size)
    if (body.end > body.start) part.payload = bytes.subarray(body.start, body.end)
    if (body.fault !== undefined) part.fault = refused(body.fault)
  }
  part.isComplete = body.isComplete
  if (at < size) answer.isPersistent = false
  return part
}

/** Is the answer complete with the end of its connection? */
export const endsWithConnection = ({ body }: AnswerState): boolean => body?.framing === 'close'

/** Reads on in the head; returns the position behind what was read. */
const readHead = (answer: AnswerState, bytes: Buffer, from: number, to: number, part: AnswerPart): number => {
  const end = scanLines(answer.scan, bytes, from, to)
  const stop = end === unfinished || end === malformed ? to : end
  answer.headBytes += stop - from
  answer.text += bytes.toString('latin1', from, stop)
  if (end === unfinished ? !mayBecomeStatus(answer, stop - from) : end === malformed) {
    part.fault = refused('a head that is malformed')
  } else if (answer.headBytes > maxHeadBytes) {
    part.fault = refused('a head that is too long', true)
  } else if (end !== unfinished) part.fault = finishHead(answer, part)
  return stop
}

const versions = ['HTTP/1.1 ', 'HTTP/1.0 ']

/** Another protocol is told by its first bytes, behind which an empty line may never come. */
const mayBecomeStatus = ({ text, headBytes }: AnswerState, added: number): boolean => {
  if (headBytes - added >= 9) return true
  const begun = text.slice(0, 9)
  return versions.some((version) => version.startsWith(begun))
}

// https://www.rfc-editor.org/rfc/rfc9112#section-4, but for the space before a reason that is missing.
const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r]*)?\r\n/

const refused = (reason: string, isOverflow = false): AnswerFault => ({ reason, isOverflow })

/** Returns what is wrong with it. */
const finishHead = (answer: AnswerState, part: AnswerPart): AnswerFault | undefined => {
  const { text } = answer
  const [line = '', minor, digits] = statusLine.exec(text) ?? []
  if (line === '') return refused('a status line that is none')
  const status = Number(digits)
  const fields = readFields(text, line.length)
  if ('fault' in fields) return refused(fields.fault, fields.isOverflow)
  if (status === 101) return refused('a change of protocol that nobody asked for')
  answer.text = ''
  answer.scan.seen = 0
  if (status < 200) return undefined
  const { headers } = fields
  const framing = toFraming(headers, minor === '1')
  if (framing.reason !== undefined) return refused(framing.reason)
  const isEmpty = status === 204 || status === 304
  answer.body = startBody(isEmpty || answer.isBodiless ? 'none' : framing.kind, framing.length)
  // Behind an answer that has none a body may come all the same, where its head tells of one.
  const tellsOfBody = framing.kind === 'chunked' || framing.length > 0
  const isFramed = isEmpty ? !tellsOfBody : framing.kind !== 'close'
  answer.isPersistent = minor === '1' && (isFramed || answer.isBodiless) && !asksToClose(headers.connection)
  part.head = { status, headers }
  return undefined
}

const asksToClose = (connection: string | undefined): boolean =>
  connection !== undefined && /(?:^|[\s,])close(?:$|[\s,])/i.test(connection)

interface ToldFraming {
  kind: Framing
  length: number
  reason: string | undefined
}

const told = (kind: Framing, length = 0, reason?: string): ToldFraming => ({ kind, length, reason })

/**
 * How a body is framed. A length beside a transfer coding is refused, though RFC 9112 would let the coding win: it is
 * what an answer looks like that was made to end elsewhere for somebody else. Lengths that repeat are refused as well.
 * https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
const toFraming = (headers: HeadHeaders, isLatest: boolean): ToldFraming => {
  const { 'transfer-encoding': coding, 'content-length': length } = headers
  if (coding !== undefined) {
    if (length !== undefined) return told('none', 0, 'a length and a transfer coding')
    if (!isLatest || coding.toLowerCase() !== 'chunked') return told('none', 0, 'an unknown transfer coding')
    return told('chunked')
  }
  if (length === undefined) return told('close')
  // 15 digits are safe integers.
  return /^\d{1,15}$/.test(length) ? told('length', Number(length)) : told('none', 0, 'a length that is none')
}
