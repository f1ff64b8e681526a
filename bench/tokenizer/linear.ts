import { median, type Row } from '../measure.ts'
import { alphabets } from './alphabets.ts'
import { cpuTime, createOurs, expectSameIds, tiktoken } from './reference.ts'
import { ofAlphabet } from './texts.ts'

const lengths = [125_000, 250_000, 500_000, 1_000_000]
const limit = 2.6
const leastRounds = 7
const mostRounds = 25
/** Ratios above this get more rounds, though they would hold: what is linear comes out near 2 once it is quiet. */
const doubtful = 2.3
/** Characters that the reference encodes in a second or so, whatever they are. */
const comparable = 4_000

const show = (units: readonly string[]): string => {
  const text = units.join('')
  return JSON.stringify(text.length > 12 ? `${text.slice(0, 12)}…` : text)
}

/** The text cut into parts of equal length. */
const partsOf = (text: string, length: number): string[] =>
  Array.from({ length: text.length / length }, (_, n) => text.slice(n * length, (n + 1) * length))

/** What the rounds found: the median of the ratio at each doubling, and of the time for the longest text. */
interface Growth {
  ratios: number[]
  micros: number
}

const growthOf = (rounds: readonly (readonly number[])[]): Growth => ({
  ratios: lengths
    .slice(1)
    .map((_, i) => median(rounds.map((times) => (times[i + 1] ?? 0) / (times[i] ?? 0)))),
  micros: median(rounds.map((times) => times.at(-1) ?? 0)),
})

/**
 * How the time grows with the length. A turn reads one and the same text, in parts of the turn's length: so what is
 * remembered of pieces, garbage collections and the grain of the clock weigh the same for all lengths. A ratio is
 * taken of two turns of the same round, and then the median of the rounds: a machine that is busy slows down both.
 * A doubtful ratio gets more rounds; what is not linear stays so. One round before is not timed: in it code is compiled.
 */
const measureGrowth = (count: (text: string) => number, text: string): Growth => {
  const turns = lengths.map((length) => partsOf(text, length))
  const timeAll = (): number[] => turns.map((parts) => cpuTime(() => parts.map(count)) / parts.length)
  timeAll()
  const rounds: number[][] = []
  while (rounds.length < leastRounds) rounds.push(timeAll())
  while (rounds.length < mostRounds && growthOf(rounds).ratios.some((ratio) => ratio > doubtful))
    rounds.push(timeAll())
  return growthOf(rounds)
}

const isTooMuch = (ratio: number): boolean => ratio >= limit

/** Doubles each hostile text up to a million characters. */
export const checkLinearity = (): Row[] => {
  const ours = createOurs()
  return alphabets.map((units) => {
    const short = ofAlphabet(units, comparable)
    expectSameIds(`the reference for ${show(units)}`, ours.encode(short), tiktoken.encode(short))
    const { ratios, micros } = measureGrowth(ours.count, ofAlphabet(units, Math.max(...lengths)))
    return {
      what: `twice the length of ${show(units)}`,
      limit: `< ${limit}x the time`,
      measured: `${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; ${(micros / 1000).toFixed(0)} ms for 1 M`,
      holds: !ratios.some(isTooMuch),
    }
  })
}
