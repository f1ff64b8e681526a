/**
 * What an estimate is made of: cheap counts over a text, each of which costs a tokenizer a number of tokens that
 * hardly depends on the text. Adding one here means a weight for it in `weights.ts`.
 */
export const features = [
  /** Starts of words; a new one at each hump of camelCase. */
  'word',
  /** Starts of words that no space precedes: they seldom share a token with what is before them. */
  'gluedWord',
  /** Letters of a word after the seventh, and after the eleventh. */
  'longWord',
  'longerWord',
  /** Runs of digits, and the digits in them. */
  'number',
  'digit',
  /** ASCII punctuation: the first of a run, another one in a run, one like its predecessor. */
  'symbol',
  'symbolPair',
  'symbolRepeat',
  /** The third and further ones of a run that are not like their predecessor, as in JSON without spaces. */
  'symbolRun',
  /** A space before a symbol, which often is part of its token. */
  'spacedSymbol',
  /** Runs of line breaks; runs of spaces and tabs that are more than one, or start a line. */
  'lineBreak',
  'spaceRun',
  /** Letters beyond ASCII, by script. */
  'latin',
  'cyrillicGreek',
  'hebrewArabic',
  'indicThai',
  'han',
  'kana',
  'hangul',
  /** Typographic punctuation, full-width punctuation, all other symbols. */
  'typographic',
  'fullWidth',
  'otherSymbol',
  /** Halves of characters beyond U+FFFF, which are emoji for the most part. */
  'emojiHalf',
] as const

/** Name of a feature. */
export type Feature = (typeof features)[number]

const indexOf = Object.fromEntries(features.map((name, index) => [name, index])) as Record<Feature, number>

// What the last character was, as far as the next one cares.
const START = 0
const LOWER = 1
const UPPER = 2
const DIGIT = 3
const SYMBOL = 4
const SPACE = 5
const BREAK = 6
const FOREIGN = 7

const asciiKind = (unit: number): number => {
  if (unit >= 97 && unit <= 122) return LOWER
  if (unit >= 65 && unit <= 90) return UPPER
  if (unit >= 48 && unit <= 57) return DIGIT
  if (unit === 32 || unit === 9) return SPACE
  if (unit === 10 || unit === 13) return BREAK
  return SYMBOL
}
const asciiKinds = Uint8Array.from({ length: 128 }, (_, unit) => asciiKind(unit))

/** First code units of ranges and what they are; each range ends where the next one starts. */
const ranges: readonly [number, Feature][] = [
  [0x80, 'otherSymbol'],
  [0xc0, 'latin'],
  [0x370, 'cyrillicGreek'],
  [0x590, 'hebrewArabic'],
  [0x900, 'indicThai'],
  [0x10a0, 'latin'],
  [0x1100, 'hangul'],
  [0x1200, 'indicThai'],
  [0x1e00, 'latin'],
  [0x2000, 'typographic'],
  [0x2070, 'otherSymbol'],
  [0x3000, 'fullWidth'],
  [0x3040, 'kana'],
  [0x3100, 'han'],
  [0xa000, 'indicThai'],
  [0xac00, 'hangul'],
  [0xd7b0, 'otherSymbol'],
  [0xd800, 'emojiHalf'],
  [0xe000, 'otherSymbol'],
  [0xf900, 'han'],
  [0xfb00, 'hebrewArabic'],
  [0xfe10, 'otherSymbol'],
  [0xfe30, 'fullWidth'],
  [0xff66, 'kana'],
  [0xffa0, 'otherSymbol'],
]

/** The feature of each block of 16 code units: one look-up per character instead of a search. */
const foreignFeatures = new Uint8Array(0x1000).fill(indexOf.otherSymbol)
for (const [i, [first, feature]] of ranges.entries()) {
  foreignFeatures.fill(indexOf[feature], first >> 4, (ranges[i + 1]?.[0] ?? 0x10000) >> 4)
}

/** Counts the features of one text that may arrive in pieces. */
export interface FeatureFold {
  push(text: string): void
  /** Sum over the features of count × weight. */
  dot(weights: Float64Array): number
}

/** Starts a fold. One pass, a few integer operations per character, nothing allocated per character. */
export const createFeatureFold = (): FeatureFold => {
  const counts = new Float64Array(features.length)
  let previous = START
  let previousUnit = 0
  let wordLength = 0
  let symbols = 0
  let spaces = 0

  const bump = (index: number): void => {
    counts[index] = (counts[index] ?? 0) + 1
  }

  const letter = (kind: number): void => {
    const continues = previous === LOWER || previous === UPPER
    if (continues && !(kind === UPPER && previous === LOWER)) {
      wordLength += 1
      if (wordLength > 7) bump(indexOf.longWord)
      if (wordLength > 11) bump(indexOf.longerWord)
      return
    }
    wordLength = 1
    bump(previous === SPACE || previous === START || previous === BREAK ? indexOf.word : indexOf.gluedWord)
  }

  const symbol = (unit: number): void => {
    symbols = previous === SYMBOL ? symbols + 1 : 1
    if (symbols === 1) bump(previous === SPACE ? indexOf.spacedSymbol : indexOf.symbol)
    else if (unit === previousUnit) bump(indexOf.symbolRepeat)
    else {
      bump(indexOf.symbolPair)
      if (symbols > 2) bump(indexOf.symbolRun)
    }
  }

  const space = (): void => {
    spaces = previous === SPACE ? spaces + 1 : 1
    if (spaces === 2 || (spaces === 1 && (previous === BREAK || previous === START))) bump(indexOf.spaceRun)
  }

  const ascii = (unit: number, kind: number): void => {
    if (kind === LOWER || kind === UPPER) letter(kind)
    else if (kind === SPACE) space()
    else if (kind === SYMBOL) symbol(unit)
    else if (kind === DIGIT) {
      if (previous !== DIGIT) bump(indexOf.number)
      bump(indexOf.digit)
    } else if (previous !== BREAK) bump(indexOf.lineBreak)
    previous = kind
  }

  return {
    push(text) {
      for (let i = 0; i < text.length; i += 1) {
        const unit = text.charCodeAt(i)
        if (unit < 128) ascii(unit, asciiKinds[unit] ?? SYMBOL)
        else {
          const feature = foreignFeatures[unit >> 4] ?? 0
          bump(feature)
          // An accented letter goes on with the word that it is in.
          if (feature !== indexOf.latin || (previous !== LOWER && previous !== UPPER)) previous = FOREIGN
        }
        previousUnit = unit
      }
    },
    dot(weights) {
      let sum = 0
      for (let i = 0; i < counts.length; i += 1) sum += (counts[i] ?? 0) * (weights[i] ?? 0)
      return sum
    },
  }
}
