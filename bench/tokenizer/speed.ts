import { median, type Row } from '../measure.ts'
import { aiTokenizer, gptTokenizer, jsTiktoken } from './contenders.ts'
import { type Contender, cpuTime, createOurs, expectSameIds, tiktoken } from './reference.ts'
import { chinese, code, english, hostile, japanese, type MakeText } from './texts.ts'

const rounds = 9
const warmUps = 6
const length = 50_000

const kinds: Readonly<Record<string, MakeText>> = { english, code, chinese, japanese, hostile }
const encodeThem: readonly Contender[] = [gptTokenizer, tiktoken, aiTokenizer]
/** js-tiktoken takes minutes for the others. */
const shortWords = ['english', 'code']
const countThem: readonly Contender[] = [gptTokenizer, aiTokenizer]

/** What is timed: one way to ask one tokenizer. */
interface Timed {
  name: string
  ask(text: string): ArrayLike<number> | number
}

/**
 * The medians of the CPU time in microseconds, all contenders in turns. Each round has another text, or all the same
 * one: tokenizers remember how they cut what they have seen, and are asked for little else then.
 */
const compare = (make: MakeText, firstSeed: number, again: boolean, timed: readonly Timed[]): number[] => {
  const times = timed.map((): number[] => [])
  for (let round = -warmUps; round < rounds; round += 1) {
    const text = make(again ? firstSeed : firstSeed + warmUps + round, length)
    let expected: ArrayLike<number> | number | undefined
    for (const index of round % 2 === 0 ? timed.keys() : [...timed.keys()].toReversed()) {
      const { name, ask } = timed[index] ?? { name: '', ask: () => [] }
      let answer: ArrayLike<number> | number = 0
      const time = cpuTime(() => {
        answer = ask(text)
      })
      expected ??= answer
      expectSameIds(name, asIds(expected), asIds(answer))
      if (round >= 0) times[index]?.push(time)
    }
  }
  return times.map(median)
}

const asIds = (answer: ArrayLike<number> | number): ArrayLike<number> =>
  typeof answer === 'number' ? [answer] : answer

const encodeOf = ({ name, encode }: Contender): Timed => ({ name, ask: encode })
const countOf = ({ name, encode, count }: Contender): Timed => ({
  name,
  ask: count ?? ((text) => encode(text).length),
})

const row = (what: string, timed: readonly Timed[], times: readonly number[]): Row => {
  const [ours = 0, ...theirs] = times
  const speeds = timed.map(({ name }, i) => `${name} ${(length / (times[i] ?? 0)).toFixed(1)}`).join(', ')
  const [gpt = 0] = theirs
  const fastest = Math.min(...theirs)
  return {
    what,
    limit: '>= 1.0x gpt-tokenizer',
    measured: `${(gpt / ours).toFixed(2)}x, ${(fastest / ours).toFixed(2)}x the fastest (${speeds})`,
    holds: gpt >= ours,
  }
}

/** Speeds in characters per microsecond (MB/s of plain ASCII), of texts that are new and of one that comes again. */
export const compareSpeeds = (): Row[] => {
  const rows: Row[] = []
  for (const again of [false, true]) {
    for (const [kind, make] of Object.entries(kinds)) {
      const ours = createOurs()
      const which = again ? `${kind}, the same text again` : `${kind}, new text`
      const others = shortWords.includes(kind) ? [...encodeThem, jsTiktoken] : encodeThem
      const encoders = [{ name: 'ours', ask: ours.encode }, ...others.map(encodeOf)]
      rows.push(row(`encode ${which}`, encoders, compare(make, 100, again, encoders)))
      const counters = [{ name: 'ours', ask: ours.count }, ...countThem.map(countOf)]
      rows.push(row(`count ${which}`, counters, compare(make, 500, again, counters)))
    }
  }
  return rows
}
