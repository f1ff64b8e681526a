import { test } from 'vitest'
import { fuzzEncoder } from './testing/fuzz-encoder.ts'

test('four hundred thousand frames arrive as exactly the one event that each was', {
  timeout: 120_000,
}, () => {
  fuzzEncoder(400_000, 20_261_122)
})
