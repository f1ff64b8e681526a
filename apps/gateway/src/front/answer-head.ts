import { STATUS_CODES } from 'node:http'
import type { AnswerHeaders } from '../v1/exchange.ts'

/** What follows an answer's head. */
export interface AnswerFraming {
  /** Bytes of the body where they are not announced by the headers; undefined for a body in chunks. */
  length: number | undefined
  isChunked: boolean
  /** Does the connection end behind it? */
  isLast: boolean
  keepAliveSeconds: number
  /** Milliseconds since the epoch. */
  now: number
}

/**
 * The head of an answer as it goes out. @throws TypeError for a header that could be read as more than one, or that frames
 * the answer in another way than it is.
 */
export const toHeadText = (
  status: number,
  headers: AnswerHeaders,
  { length, isChunked, isLast, keepAliveSeconds, now }: AnswerFraming,
): string => {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || name === 'connection') continue
    if (length !== undefined && name === 'content-length') continue
    if (!isName(name) || notInValues.test(value)) throw notAHeader(name)
    text += `${name}: ${value}\r\n`
  }
  if (length !== undefined) text += `content-length: ${length}\r\n`
  if (isChunked) text += 'transfer-encoding: chunked\r\n'
  if (headers.date === undefined) text += dateLine(now)
  return isLast
    ? `${text}connection: close\r\n\r\n`
    : `${text}connection: keep-alive\r\nkeep-alive: timeout=${keepAliveSeconds}\r\n\r\n`
}

const notInValues = /[^\t\x20-\x7e\x80-\xff]/

const names = new Set<string>()
const mostNames = 256

const isName = (name: string): boolean => {
  if (names.has(name)) return true
  if (name === 'transfer-encoding' || !/^[!#$%&'*+\-.^`|~\w]+$/.test(name)) return false
  if (names.size < mostNames) names.add(name)
  return true
}

const notAHeader = (name: string): TypeError =>
  new TypeError(
    `The header ${JSON.stringify(name.slice(0, 64))} cannot be written as one header of an answer.`,
  )

let dateOf = Number.NaN
let line = ''

/** It changes once per second. */
const dateLine = (now: number): string => {
  const second = Math.floor(now / 1000)
  if (second !== dateOf) {
    dateOf = second
    line = `date: ${new Date(now).toUTCString()}\r\n`
  }
  return line
}
