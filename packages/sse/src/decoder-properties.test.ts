import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { test } from 'vitest'
import { referenceDecode } from './testing/reference-decoder.ts'
import { concat, createLoggingDecoder, everyBatching, toBytes } from './testing/support.ts'

// Whole fields are common enough for events to come about, and single bytes for everything to go wrong.
const tokens = [
  ...['data', 'data:', 'data: a', 'event: e', 'id: 1', 'id:', 'retry: 5', 'retry', 'da', ': c', ':', ' '],
  ...['\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', '\0', 'x', '7', 'é', '€', '😀', '\uFEFF', 'ï»¿'],
].map(toBytes)
const broken = [[0xff], [0xe2], [0x82], [0xf0, 0x9f], [0xed, 0xa0], [0xef, 0xbb], [0xbf], [0xc0]].map(
  (bytes) => Uint8Array.from(bytes),
)
const stream = fc
  .array(fc.constantFrom(...tokens, ...tokens, ...broken), { maxLength: 24 })
  .map((pieces) => concat(pieces))

test('says everything at the very byte that completes it', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(stream, fc.constantFrom(...everyBatching), (bytes, batching) => {
      const decoder = createLoggingDecoder({}, batching)
      for (let at = 0; at < bytes.length; at += 1) {
        decoder.push(bytes.subarray(at, at + 1))
        if (decoder.log.length !== referenceDecode(bytes.subarray(0, at + 1)).length) return false
      }
      return isDeepStrictEqual(decoder.log, referenceDecode(bytes))
    }),
    { numRuns: 4_000 },
  )
})
