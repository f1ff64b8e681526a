import { expect, test } from 'vitest'
import { encodeVectors } from '../runtime-tests/encode-vectors.ts'
import { encodeSse } from './encode.ts'

for (const [name, frame, expected] of encodeVectors) {
  test(`frames ${name}`, () => {
    expect(encodeSse(frame)).toBe(expected)
  })
}

test('splits data at CRLF, CR and LF, so that no line of it becomes a field', () => {
  expect(encodeSse({ data: 'a\r\nb\rc\nid: evil\n\nevent: evil' })).toBe(
    'data: a\ndata: b\ndata: c\ndata: id: evil\ndata: \ndata: event: evil\n\n',
  )
})

test('keeps a comment a comment, whatever line ends it holds', () => {
  expect(encodeSse({ comment: 'x\r\rdata: evil\r\n\nevent: evil' })).toBe(
    ': x\n: \n: data: evil\n: \n: event: evil\n',
  )
})

test('leaves out the blank line after a lone comment or retry, which fetch-event-source would dispatch', () => {
  expect(encodeSse({ comment: 'ping' })).toBe(': ping\n')
  expect(encodeSse({ retry: 10 })).toBe('retry: 10\n')
  expect(encodeSse({ comment: 'ping' }) + encodeSse({ data: 'x' })).toBe(': ping\ndata: x\n\n')
})

test('refuses line ends and NUL in event and id, quoting the value', () => {
  for (const bad of ['a\nb', 'a\rb', 'a\r\nb', '\n', 'a\0']) {
    const error = expect.objectContaining({ name: 'SseError', code: 'invalid-field' })
    expect(() => encodeSse({ event: bad, data: '' })).toThrow(error)
    expect(() => encodeSse({ id: bad, data: '' })).toThrow(error)
  }
  expect(() => encodeSse({ id: 'a\nb' })).toThrow(
    'id must be a string without line ends and NUL, got "a\\nb".',
  )
  expect(() => encodeSse({ id: `${'x'.repeat(500)}\n` })).toThrow(/got "x{40}…"\.$/)
})

test('refuses a retry that is not a safe whole number of milliseconds', () => {
  for (const bad of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => encodeSse({ retry: bad })).toThrow(expect.objectContaining({ code: 'invalid-field' }))
  }
  expect(encodeSse({ retry: 0 })).toBe('retry: 0\n')
  expect(encodeSse({ retry: Number.MAX_SAFE_INTEGER })).toBe('retry: 9007199254740991\n')
})

test('refuses values of other types, which untyped callers pass and through which fields were injected elsewhere', () => {
  const untyped = encodeSse as (frame: unknown) => string
  const sly = { toString: () => 'x', indexOf: () => -1 }
  for (const frame of [
    { retry: '1\nevent: evil' },
    { data: { a: 1 } },
    { data: sly },
    { event: sly, data: '' },
    { id: 7, data: '' },
    { comment: null },
  ]) {
    expect(() => untyped(frame)).toThrow(expect.objectContaining({ code: 'invalid-field' }))
  }
})
