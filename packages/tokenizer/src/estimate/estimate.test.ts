import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ModelFamily } from '../models.ts'
import { anyText } from '../testing/any-text.ts'
import { corpus } from '../testing/corpus.ts'
import { comparedEncodings } from '../testing/reference.ts'
import { createEstimate } from './estimate.ts'

const families: readonly ModelFamily[] = [
  'gpt',
  'claude',
  'claude-next',
  'gemini',
  'llama',
  'mistral',
  'qwen',
  'deepseek',
  'unknown',
]

test('a text has at least a token, no text has none, and more text has no fewer', () => {
  for (const family of families) {
    const estimate = createEstimate(family)
    expect(estimate.count('')).toBe(0)
    fc.assert(
      fc.property(anyText, anyText, (text, more) => {
        expect(estimate.count(text)).toBeGreaterThanOrEqual(text === '' ? 0 : 1)
        expect(estimate.count(text + more)).toBeGreaterThanOrEqual(estimate.count(text))
      }),
      { numRuns: 60 },
    )
  }
})

test('any way of cutting a text gives the same estimate, at every moment', () => {
  const estimate = createEstimate('claude')
  for (const text of Object.values(corpus)) {
    const running = estimate.startCount()
    for (let at = 0; at < text.length; at += 1) {
      running.push(text.charAt(at))
      expect(running.count()).toBe(estimate.count(text.slice(0, at + 1)))
    }
  }
})

const exact = comparedEncodings.find(({ name }) => name === 'cl100k_base')?.ours
if (exact === undefined) throw new Error('The encoding is missing.')

const relativeError = (estimated: number, counted: number): number => Math.abs(estimated - counted) / counted

/** Texts as models read and write them; none was part of what the weights were fitted to. */
const samples: Readonly<Record<string, string>> = {
  prose: corpus.prose ?? '',
  letter:
    'Dear colleagues,\n\nthe meeting on Thursday has moved to half past two, since the larger room is taken in the ' +
    'morning. Please bring the figures for the third quarter, and tell Anna whether you will stay for dinner. We ' +
    'shall also decide who presents the results in Lisbon next month; volunteers are welcome.\n\nBest regards,\nTom',
  story:
    'It had rained for nine days when the old lighthouse keeper noticed that the gulls were gone. He climbed the ' +
    'stairs, counting under his breath as he always did, and wiped the glass with his sleeve. Nothing moved out ' +
    'there but the water, and the water moved as if somebody was turning it slowly with a spoon.',
  code: (corpus.code ?? '').repeat(4),
  python: (corpus.python ?? '').repeat(4),
  json: corpus.json ?? '',
}

test('the weights are close to what they were fitted to be: the median within 10 %, each within 25 %', () => {
  // The family of Llama has the factor 1, which is `cl100k_base` for these texts.
  const estimate = createEstimate('llama')
  const errors = Object.entries(samples).map(([kind, text]) => {
    const error = relativeError(estimate.count(text), exact.count(text))
    expect(error, kind).toBeLessThan(0.25)
    return error
  })
  errors.sort((a, b) => a - b)
  expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.1)
})

test('the earlier Claude tokenizer counts about a tenth more than cl100k_base, the later one 40 % more', () => {
  // Of the estimates, so that the factors are seen and not the error of a single text.
  const base = createEstimate('llama')
  for (const text of [samples.letter ?? '', samples.story ?? '', samples.python ?? '']) {
    const earlier = createEstimate('claude').count(text) / base.count(text)
    const later = createEstimate('claude-next').count(text) / base.count(text)
    expect(earlier).toBeGreaterThan(1.05)
    expect(earlier).toBeLessThan(1.17)
    expect(later).toBeGreaterThan(1.37)
    expect(later).toBeLessThan(1.43)
  }
})

test('JSON without spaces costs Claude more than its size says', () => {
  const value = Array.from({ length: 9 }, (_, i) => ({
    name: 'flour',
    grams: `${i}`,
    kinds: ['white', 'rye'],
  }))
  const ratio = (text: string): number =>
    createEstimate('claude').count(text) / createEstimate('llama').count(text)
  expect(ratio(JSON.stringify(value))).toBeGreaterThan(1.25)
  expect(ratio(JSON.stringify(value, null, 2))).toBeLessThan(1.2)
  // A rule of one symbol is one token or a few, however long it is.
  expect(ratio(`${'-'.repeat(60)} ${corpus.prose}`)).toBeLessThan(1.2)
})

test('what has more characters per token is estimated so: Chinese costs more per character than English', () => {
  const estimate = createEstimate('claude')
  const perCharacter = (text: string): number => estimate.count(text) / text.length
  expect(perCharacter(corpus.chinese ?? '')).toBeGreaterThan(2 * perCharacter(corpus.prose ?? ''))
})
