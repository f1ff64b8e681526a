/**
 * The long run of what the tests do for a few seconds: `node packages/sse/fuzz/run.ts [count] [seed]`. It prints its
 * seeds, and the first difference with the seed that finds it again.
 */
import { fuzzDecoder } from '../src/testing/fuzz-decoder.ts'
import { fuzzEncoder } from '../src/testing/fuzz-encoder.ts'

const readNumber = (text: string | undefined, otherwise: number): number => {
  const value = text === undefined ? otherwise : Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`Not a whole number above 0: ${text}`)
  return value
}

const count = readNumber(process.argv[2], 10_000_000)
const firstSeed = readNumber(process.argv[3], (Date.now() % 2 ** 31) + 1)
const batch = 1_000_000

console.log(`${count} streams and ${Math.ceil(count / 2)} frames, from seed ${firstSeed} on`)
let entries = 0
for (let done = 0; done < count; done += batch) {
  const size = Math.min(batch, count - done)
  const seed = firstSeed + done / batch
  entries += fuzzDecoder('fields', Math.ceil(size / 2), seed)
  entries += fuzzDecoder('anything', Math.floor(size / 2), seed)
  fuzzEncoder(Math.ceil(size / 2), seed)
  console.log(`seed ${seed}: ${done + size} streams, ${entries} events, comments and retries, no difference`)
}
