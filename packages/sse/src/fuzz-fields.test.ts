import { expect, test } from 'vitest'
import { fuzzDecoder } from './testing/fuzz-decoder.ts'

test('a million streams of fields mean what the standard says, however they are cut', {
  timeout: 120_000,
}, () => {
  expect(fuzzDecoder('fields', 1_000_000, 20_261_122)).toBeGreaterThan(300_000)
})
