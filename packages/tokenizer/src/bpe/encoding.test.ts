import fc from 'fast-check'
import { expect, test } from 'vitest'
import { o200kHarmony } from '../encodings/o200k-base.ts'
import { isTokenizerError } from '../errors.ts'
import { anyText } from '../testing/any-text.ts'
import { corpus, hostileUnits } from '../testing/corpus.ts'
import { comparedEncodings } from '../testing/reference.ts'
import { createEncoding } from './encoding.ts'

/** Text out of what the patterns treat specially, in runs of different lengths. */
const awkwardText = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        ...hostileUnits,
        ...'sStTmMdDrRvVlLeE',
        'ſ',
        'K',
        'İ',
        '\u0085',
        '\u2028',
        '٣',
        'ǅ',
        'ʰ',
        '\ude00',
      ),
      fc.constantFrom(1, 1, 1, 1, 2, 3, 7, 70),
    ),
    { maxLength: 16 },
  )
  .map((runs) => runs.map(([unit, times]) => unit.repeat(times)).join(''))

/** Far above what the tests take: other work on the machine must not fail them. */
const timeout = 60_000

/** All characters below U+3400, where the scripts are that mix classes, and one in 61 beyond. */
const characterPages: string[][] = []
for (let codePoint = 0; codePoint < 0x11_0000; codePoint += codePoint < 0x3400 ? 1 : 61) {
  if (codePoint >= 0xd800 && codePoint < 0xe000) continue
  const page = characterPages.at(-1)
  if (page === undefined || page.length === 64) characterPages.push([String.fromCodePoint(codePoint)])
  else page.push(String.fromCodePoint(codePoint))
}

for (const { name, ours, reference } of comparedEncodings) {
  test(`${name} gives the ids of the reference for every kind of text`, { timeout }, () => {
    for (const [kind, text] of Object.entries(corpus)) {
      expect(ours.encode(text), kind).toEqual(reference(text))
    }
    const all = Object.values(corpus).join('\n')
    expect(ours.encode(all)).toEqual(reference(all))
  })

  test(`${name} gives the ids of the reference for runs of hostile units`, { timeout }, () => {
    for (const unit of hostileUnits) {
      // The reference is quadratic here: past some thousand bytes in one piece it is what takes the time.
      for (const length of [15, 16, 17, 65, 129, 511, 513, 900]) {
        const text = unit.repeat(Math.ceil(length / unit.length))
        expect(ours.encode(text), `${JSON.stringify(unit)} × ${length}`).toEqual(reference(text))
      }
    }
  })

  test(`${name} gives the ids of the reference for any text`, { timeout }, () => {
    fc.assert(
      fc.property(fc.oneof(awkwardText, anyText), (text) => {
        expect(ours.encode(text)).toEqual(reference(text))
      }),
      { numRuns: 400 },
    )
  })

  test(`${name} knows the class of every character as the reference does`, { timeout }, () => {
    for (const page of characterPages) {
      // Beside a letter, a capital, a space, a digit and a line break each class is cut in another way.
      const text = page.map((character) => `a${character}B ${character}1${character}\n`).join('')
      if (String(ours.encode(text)) !== String(reference(text))) {
        expect.unreachable(
          `A character from U+${page[0]?.codePointAt(0)?.toString(16)} on is cut differently`,
        )
      }
    }
  })

  test(`${name} counts what it encodes, and decodes it to the same text`, { timeout }, () => {
    fc.assert(
      fc.property(fc.oneof(awkwardText, anyText), (text) => {
        const tokens = ours.encode(text)
        expect(ours.count(text)).toBe(tokens.length)
        // Half a surrogate pair has no bytes; the other half of it is lost in any encoding.
        expect(ours.decode(tokens)).toBe(text.toWellFormed())
      }),
    )
  })
}

const [o200k] = comparedEncodings
if (o200k === undefined) throw new Error('The encodings are missing.')

test('text that looks like a special token is ordinary text', () => {
  expect(o200k.ours.encode('<|endoftext|>')).not.toContain(199_999)
  expect(o200k.ours.count('<|endoftext|>')).toBeGreaterThan(1)
  expect(o200k.ours.decode([199_999])).toBe('<|endoftext|>')
})

test('o200k_harmony has the ids of o200k_base and the special tokens of its chat format', () => {
  const harmony = createEncoding(o200kHarmony)
  for (const text of Object.values(corpus)) expect(harmony.encode(text)).toEqual(o200k.ours.encode(text))
  expect(harmony.decode([200_006, ...harmony.encode('user'), 200_008])).toBe('<|start|>user<|message|>')
  expect(harmony.decode([200_002, 200_012, 201_087])).toBe('<|return|><|call|><|reserved_201087|>')
})

test('decode refuses an id that the encoding does not have, and names it', () => {
  for (const token of [-1, 0.5, 300_000, Number.NaN]) {
    const attempt = () => o200k.ours.decode([token])
    expect(attempt).toThrow(`no token ${token}`)
    expect(attempt).toThrow(expect.objectContaining({ code: 'unknown-token' }))
  }
  try {
    o200k.ours.decode([300_000])
  } catch (error) {
    expect(isTokenizerError(error)).toBe(true)
  }
})

test('the limit is met exactly, for short and for long texts', () => {
  const texts = [
    corpus.pangram ?? '',
    (corpus.prose ?? '').repeat(60),
    'a'.repeat(20_000),
    ' '.repeat(20_000),
    // More tokens than a third of its characters.
    (corpus.hindi ?? '').repeat(2),
    '\u0301\u0351x'.repeat(9),
  ]
  for (const text of ['', ...texts]) {
    const count = o200k.ours.count(text)
    expect(o200k.ours.isWithinLimit(text, count)).toBe(true)
    expect(o200k.ours.isWithinLimit(text, count + 1)).toBe(true)
    if (count > 0) expect(o200k.ours.isWithinLimit(text, count - 1)).toBe(false)
    expect(o200k.ours.isWithinLimit(text, 0)).toBe(count === 0)
  }
})

test('a huge text in between does not change what is counted after it', () => {
  const before = o200k.ours.count(corpus.prose ?? '')
  expect(o200k.ours.count('b'.repeat(600_000))).toBeGreaterThan(1)
  expect(o200k.ours.count(corpus.prose ?? '')).toBe(before)
})
