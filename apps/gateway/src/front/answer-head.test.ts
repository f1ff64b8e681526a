import { expect, test } from 'vitest'
import { type AnswerFraming, toHeadText } from './answer-head.ts'

const framing: AnswerFraming = {
  length: 5,
  isChunked: false,
  isLast: false,
  keepAliveSeconds: 15,
  now: Date.UTC(2026, 0, 1, 0, 0, 7, 999),
}

test('a head is a status, the headers, the framing and what becomes of the connection', () => {
  expect(toHeadText(200, { a: 'b' }, framing)).toBe(
    'HTTP/1.1 200 OK\r\na: b\r\ncontent-length: 5\r\ndate: Thu, 01 Jan 2026 00:00:07 GMT\r\n' +
      'connection: keep-alive\r\nkeep-alive: timeout=15\r\n\r\n',
  )
  const chunked = { ...framing, length: undefined, isChunked: true, isLast: true, now: Date.UTC(2026, 0, 2) }
  expect(toHeadText(529, { connection: 'keep-alive' }, chunked)).toBe(
    'HTTP/1.1 529 unknown\r\ntransfer-encoding: chunked\r\ndate: Fri, 02 Jan 2026 00:00:00 GMT\r\n' +
      'connection: close\r\n\r\n',
  )
})

const odd = ['\0', '\n', '\r', '\r\n', '\x0b', '\x1f', '\x7f', '\u0100', '\u010a', '\u560a', '✓', '😀']

test('a value that could end its header or is no Latin-1 is refused', () => {
  for (const char of odd)
    for (const value of [char, `a${char}`, `${char}a`, `a${char}set-cookie: b`])
      expect(() => toHeadText(200, { 'x-a': value }, framing), JSON.stringify(value)).toThrow(TypeError)
  const value = '\t !"~\x80\xff'
  expect(toHeadText(200, { 'x-a': value }, framing)).toContain(`\r\nx-a: ${value}\r\n`)
})

test('a name that is no token is refused, also after many that were', () => {
  for (let at = 0; at < 300; at += 1) toHeadText(200, { [`x-${at}`]: '' }, framing)
  for (const char of [...odd, ' ', ':', '\t', '"', '(', '/', '\xe9'])
    for (const name of [char, `a${char}`, `a${char}b`])
      expect(() => toHeadText(200, { [name]: 'x' }, framing), JSON.stringify(name)).toThrow(TypeError)
  expect(() => toHeadText(200, { '': 'x' }, framing)).toThrow(TypeError)
  expect(toHeadText(200, { 'x-299': 'x', "!#$%&'*+-.^_`|~": 'y' }, framing)).toContain('x-299: x\r\n')
})

test('how an answer is framed is said once, and by nobody else', () => {
  const text = toHeadText(200, { 'content-length': '7', connection: 'x' }, framing)
  expect(text.match(/content-length: .*/g)).toEqual(['content-length: 5'])
  expect(text.match(/connection: .*/g)).toEqual(['connection: keep-alive'])
  const announced = toHeadText(200, { 'content-length': '7' }, { ...framing, length: undefined })
  expect(announced.match(/content-length: .*/g)).toEqual(['content-length: 7'])
  expect(() => toHeadText(200, { 'transfer-encoding': 'chunked' }, framing)).toThrow(TypeError)
})
