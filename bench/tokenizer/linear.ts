import type { Row } from '../measure.ts'
import { alphabets } from './alphabets.ts'
import { cpuTime, createOurs, expectSameIds, tiktoken } from './reference.ts'
import { ofAlphabet } from './texts.ts'

const lengths = [125_000, 250_000, 500_000, 1_000_000]
const limit = 2.6
const rounds = 4
const maxRounds = 20
/** Characters that the reference encodes in a second or so, whatever they are. */
const comparable = 4_000

const show = (units: readonly string[]): string => {
  const text = units.join('')
  return JSON.stringify(text.length > 12 ? `${text.slice(0, 12)}…` : text)
}

/**
 * How long each text takes when nothing disturbs it: the least of some rounds, in each of which all have their turn.
 * A ratio that does not hold may be another process at work, so it gets more rounds; what is not linear stays so.
 */
const leastTimes = (count: (text: string) => number, texts: readonly string[]): number[] => {
  const least = texts.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < maxRounds && (round < rounds || ratiosOf(least).some(isTooMuch)); round += 1) {
    for (const [i, text] of texts.entries()) {
      least[i] = Math.min(
        least[i] ?? 0,
        cpuTime(() => count(text)),
      )
    }
  }
  return least
}

const ratiosOf = (times: readonly number[]): number[] =>
  times.slice(1).map((time, i) => time / (times[i] ?? 0))
const isTooMuch = (ratio: number): boolean => ratio >= limit

/** Doubles each hostile text up to a million characters. */
export const checkLinearity = (): Row[] => {
  const ours = createOurs()
  return alphabets.map((units) => {
    const short = ofAlphabet(units, comparable)
    expectSameIds(`the reference for ${show(units)}`, ours.encode(short), tiktoken.encode(short))
    const times = leastTimes(
      ours.count,
      lengths.map((length) => ofAlphabet(units, length)),
    )
    const ratios = ratiosOf(times)
    return {
      what: `twice the length of ${show(units)}`,
      limit: `< ${limit}x the time`,
      measured: `${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; ${((times.at(-1) ?? 0) / 1000).toFixed(0)} ms for 1 M`,
      holds: !ratios.some(isTooMuch),
    }
  })
}
