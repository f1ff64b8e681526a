import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLineBuffer } from './lines.ts'

/** Any byte may come; letters, line ends and what lies beside them come often. */
const byte = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(97, 0x7f, 0x80, 0xff, 0x8a, 0x8d, 0x10, 0x1a) },
  { weight: 1, arbitrary: fc.constantFrom(10, 13, 0, 9, 11, 12, 14, 15) },
  { weight: 1, arbitrary: fc.nat({ max: 255 }) },
)

test('finds the line ends that are there, among any bytes and from any place', () => {
  fc.assert(
    fc.property(fc.array(fc.array(byte, { maxLength: 90 }), { maxLength: 4 }), fc.nat(), (pieces, cut) => {
      const buffer = createLineBuffer()
      for (const piece of pieces) buffer.add(Uint8Array.from(piece))
      const whole = pieces.flat()
      const start = whole.length === 0 ? 0 : cut % whole.length
      buffer.take(start, (bytes) => expect([...bytes]).toEqual(whole.slice(0, start)))
      const rest = whole.slice(start)
      for (let from = 0; from <= rest.length; from += 1) {
        const next = rest.findIndex((value, at) => at >= from && (value === 10 || value === 13))
        expect(buffer.findEnd(from)).toBe(next === -1 ? rest.length : next)
      }
    }),
    { numRuns: 500 },
  )
})

test('holds what it is given when it has grown and shrunk', () => {
  const buffer = createLineBuffer()
  for (const size of [10, 5_000, 300_000, 3_000_000, 7]) {
    const bytes = Uint8Array.from({ length: size }, (_, at) => at % 251)
    for (let at = 0; at < size; at += 100_000) buffer.add(bytes.subarray(at, at + 100_000))
    expect(buffer.length()).toBe(size)
    buffer.take(size, (taken) => expect(Buffer.compare(taken, bytes)).toBe(0))
    expect(buffer.length()).toBe(0)
  }
})
