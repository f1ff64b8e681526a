import { median, type Row } from '../measure.ts'
import { aiTokenizer, gptTokenizer, jsTiktoken } from './contenders.ts'
import { type Contender, cpuTime, createOurs, expectSameIds, tiktoken } from './reference.ts'

const seconds = (micros: number): string => `${(micros / 1e6).toFixed(2)} s`

const runOf = (letters: number, { name, encode }: Contender): Row => {
  const text = 'a'.repeat(letters)
  let ids: ArrayLike<number> = []
  const time = cpuTime(() => {
    ids = encode(text)
  })
  expectSameIds(name, createOurs().encode(text), ids)
  return { what: `${letters} x a by ${name}, once`, measured: seconds(time) }
}

/** A run of one letter, which is where the others stop answering. */
export const compareRuns = (): Row[] => {
  const text = 'a'.repeat(100_000)
  const first = createOurs()
  const cold = cpuTime(() => first.encode(text))
  const warm = median(Array.from({ length: 9 }, () => cpuTime(() => first.encode(text))))
  return [
    {
      what: '100000 x a by ours, the first time and after that',
      limit: '<= 300 ms',
      measured: `${(cold / 1000).toFixed(0)} ms, ${(warm / 1000).toFixed(1)} ms`,
      holds: cold <= 300_000,
    },
    ...[gptTokenizer, tiktoken, aiTokenizer].map((contender) => runOf(100_000, contender)),
    // At 100,000 it takes longer than the rest of this run.
    runOf(5_000, jsTiktoken),
  ]
}
