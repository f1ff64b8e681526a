import { expect, test } from 'vitest'
import { createLimitGuard } from './limits.ts'
import { createLineReader } from './reader.ts'
import { concat, cutAt, toBytes } from './testing/support.ts'

const mebi = 1024 * 1024
const unlimited = createLimitGuard(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)

/** What a reader passes on of a stream in pieces of a KiB, or in one. */
const passOn = (stream: Uint8Array, pieceBytes: number): Uint8Array[] => {
  const passed: Uint8Array[] = []
  const reader = createLineReader(unlimited, (lines) => passed.push(lines.slice()))
  for (let at = 0; at < stream.length; at += pieceBytes) reader.push(stream.subarray(at, at + pieceBytes))
  return passed
}

/** In how many parts of 64 KiB and more it is passed on at most. */
const largeEvents: [name: string, text: string, parts: number][] = [
  ['one line', `data: ${'x'.repeat(4 * mebi)}\n\n`, 1],
  ['many lines', `${`data: ${'x'.repeat(1000)}\r\n`.repeat(4096)}\r\n`, 65],
  ['very many lines', `${'data: x\n'.repeat(mebi / 2)}\n`, 65],
]

for (const [name, text, parts] of largeEvents) {
  test(`passes on an event of 4 MiB in few parts, also when it is ${name} in pieces of 1 KiB`, () => {
    const stream = toBytes(text)
    for (const pieceBytes of [1024, stream.length]) {
      const passed = passOn(stream, pieceBytes)
      expect(passed.length).toBeLessThanOrEqual(parts)
      expect(Buffer.compare(concat(passed), stream)).toBe(0)
    }
  })
}

test('gathers little of an event that never ends', () => {
  let passed = 0
  let pushed = 0
  const reader = createLineReader(unlimited, (lines) => {
    passed += lines.length
  })
  const piece = toBytes('data: 1234567890\n'.repeat(60))
  while (pushed < 4 * mebi) {
    reader.push(piece)
    pushed += piece.length
    expect(pushed - passed).toBeLessThan(128 * 1024)
  }
})

test('passes on at once what ends with a blank line, as the very bytes that it was given', () => {
  const passed: Uint8Array[] = []
  const reader = createLineReader(unlimited, (lines) => passed.push(lines))
  for (const stream of ['data: a\n\n', 'data: a\r\n\r\n', 'data: a\n\ndata: b\n\n']) {
    const bytes = toBytes(stream)
    reader.push(bytes)
    expect(passed.pop()).toBe(bytes)
  }
})

test('keeps nothing of the memory that it is given', () => {
  const passed: string[] = []
  const reader = createLineReader(unlimited, (lines) => passed.push(new TextDecoder().decode(lines)))
  const memory = new Uint8Array(8)
  for (const piece of cutAt(toBytes('data: one\ndata: two\n\n'), [8, 16])) {
    memory.set(piece)
    reader.push(memory.subarray(0, piece.length))
    memory.fill(0)
  }
  expect(passed).toEqual(['data: one\ndata: two\n\n'])
})
