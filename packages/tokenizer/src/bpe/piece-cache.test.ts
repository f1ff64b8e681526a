import { expect, test } from 'vitest'
import { cachedPieceBytes, createPieceCache, type PieceCache } from './piece-cache.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const tokensAt = (cache: PieceCache, place: number): number[] => {
  const tokens: number[] = []
  cache.append(place, tokens)
  expect(cache.count(place)).toBe(tokens.length)
  return tokens
}

test('a piece is remembered with its tokens', () => {
  const cache = createPieceCache()
  const bytes = utf8(`..${'x'.repeat(cachedPieceBytes)}`)
  expect(cache.find(1, bytes, 2, bytes.length)).toBe(-1)
  cache.remember(1, bytes, 2, bytes.length, [7, 8, 200_000])
  expect(tokensAt(cache, cache.find(1, bytes, 2, bytes.length))).toEqual([7, 8, 200_000])
})

test('a piece with the same hash is another piece, and the fifth takes the place of the first', () => {
  const cache = createPieceCache()
  const pieces = ['first', 'other', 'third', 'forth', 'fifth'].map(utf8)
  for (const [index, bytes] of pieces.entries()) {
    expect(cache.find(7, bytes, 0, 5)).toBe(-1)
    cache.remember(7, bytes, 0, 5, [index, index])
  }
  const found = pieces.map((bytes) => cache.find(7, bytes, 0, 5))
  expect(found[0]).toBe(-1)
  expect(found.slice(1).map((place) => tokensAt(cache, place))).toEqual([1, 2, 3, 4].map((n) => [n, n]))
  expect(cache.find(7, utf8('fift'), 0, 4)).toBe(-1)
})

test.each([
  ['bytes', cachedPieceBytes, 3],
  ['tokens', 300, 300],
])('what is found is never what has been written over, when there are many %s', (_, length, tokenCount) => {
  const cache = createPieceCache()
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  const tokensOf = (piece: number): number[] => Array.from({ length: tokenCount }, (_, i) => piece * 7 + i)
  const pieces = 6_000
  for (let piece = 0; piece < pieces; piece += 1) {
    view.setInt32(0, piece)
    cache.remember(piece * 8, bytes, 0, length, tokensOf(piece))
  }
  let found = 0
  for (let piece = 0; piece < pieces; piece += 1) {
    view.setInt32(0, piece)
    const place = cache.find(piece * 8, bytes, 0, length)
    if (place < 0) continue
    found += 1
    expect(tokensAt(cache, place)).toEqual(tokensOf(piece))
  }
  expect(found).toBeGreaterThan(200)
  expect(found).toBeLessThan(pieces)
})
