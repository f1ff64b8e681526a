import { expect, test } from 'vitest'
import { createPieceCache } from './piece-cache.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

test('a piece is remembered with its cuts, up to 64 bytes', () => {
  const cache = createPieceCache()
  const bytes = utf8('x'.repeat(64))
  const starts = [0, 5, 31, 32, 63]
  const place = cache.remember(1, bytes, 0, 64, starts.length, (i) => starts[i] ?? 0)
  expect(cache.find(1, bytes, 0, 64)).toBe(place)
  expect(cache.count(place)).toBe(5)
  expect(Array.from(bytes.keys()).filter((i) => cache.isStart(place, i))).toEqual(starts)
})

test('a piece with the same hash is another piece, and takes its place', () => {
  const cache = createPieceCache()
  const first = utf8('first')
  const other = utf8('other')
  cache.remember(7, first, 0, 5, 2, (i) => i * 3)
  expect(cache.find(7, other, 0, 5)).toBe(-1)
  expect(cache.find(7, first, 0, 4)).toBe(-1)
  const place = cache.remember(7, other, 0, 5, 1, () => 0)
  expect(cache.find(7, first, 0, 5)).toBe(-1)
  expect(cache.isStart(place, 3)).toBe(false)
})
