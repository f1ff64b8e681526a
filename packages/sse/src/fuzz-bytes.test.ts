import { expect, test } from 'vitest'
import { fuzzDecoder } from './testing/fuzz-decoder.ts'

test('a million streams of anything mean what the standard says, however they are cut', {
  timeout: 120_000,
}, () => {
  expect(fuzzDecoder('anything', 1_000_000, 20_261_122)).toBeGreaterThan(30_000)
})
