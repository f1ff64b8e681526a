import fc from 'fast-check'
import { expect, test } from 'vitest'
import { append, createByteBuffer, takeAll } from './byte-buffer.ts'

test('each buffer gives what was added to it, whatever becomes of the pieces and of other buffers', () => {
  const size = fc.oneof(fc.nat(40), fc.nat(3000), fc.constantFrom(1024, 4096, 4097, 20_000))
  const step = fc.record({ which: fc.nat(3), size, isTaken: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const buffers = Array.from({ length: 4 }, () => ({
        buffer: createByteBuffer(),
        expected: [] as number[],
      }))
      steps.forEach(({ which, size, isTaken }, index) => {
        const one = buffers[which] ?? { buffer: createByteBuffer(), expected: [] }
        const piece = new Uint8Array(size).fill(index + 1)
        append(one.buffer, piece)
        one.expected.push(...piece)
        piece.fill(0)
        expect(one.buffer.length).toBe(one.expected.length)
        if (isTaken) expect(takeAll(one.buffer)).toEqual(Uint8Array.from(one.expected.splice(0)))
      })
      for (const { buffer, expected } of buffers) expect(takeAll(buffer)).toEqual(Uint8Array.from(expected))
    }),
  )
})

test('many small pieces cost as much as they are, and large memory is not kept', () => {
  const buffer = createByteBuffer()
  for (let at = 0; at < 100_000; at += 1) append(buffer, Uint8Array.of(at))
  expect(buffer.bytes.length).toBeLessThan(400_000)
  expect(takeAll(buffer)).toHaveLength(100_000)
  expect(buffer.bytes).toHaveLength(0)
})
