import { test } from 'vitest'
import { fuzzEncoder } from './testing/fuzz-encoder.ts'

test('a million frames arrive as exactly the one event that each was', {
  timeout: 120_000,
}, () => {
  fuzzEncoder(1_000_000, 20_261_122)
})
