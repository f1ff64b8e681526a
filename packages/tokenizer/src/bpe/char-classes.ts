/**
 * The classes of characters that the split patterns tell apart. One bit each, so that a loop tests a set of them at
 * once. 0 is kept for "end of text".
 */
export const UPPER = 1
export const LOWER = 2
/** Letters without case (`\p{Lm}`, `\p{Lo}`), which the patterns take for upper and for lower case. */
export const CASELESS = 4
export const MARK = 8
export const NUMBER = 16
/** White space but CR and LF. By Unicode's White_Space as in tiktoken, not by JavaScript's `\s`: they differ on U+0085 and U+FEFF. */
export const SPACE = 32
export const NEWLINE = 64
export const OTHER = 128

export const LETTER: number = UPPER | LOWER | CASELESS

const createTests = (): readonly [RegExp, number][] => [
  [/[\r\n]/u, NEWLINE],
  [/\p{White_Space}/u, SPACE],
  [/[\p{Lu}\p{Lt}]/u, UPPER],
  [/\p{Ll}/u, LOWER],
  [/[\p{Lm}\p{Lo}]/u, CASELESS],
  [/\p{M}/u, MARK],
  [/\p{N}/u, NUMBER],
]

// The engine reads its tables of Unicode when it meets such an expression: not when this file is imported.
let tests: ReturnType<typeof createTests> | undefined

const classify = (codePoint: number): number => {
  tests ??= createTests()
  // Lone surrogates are written as U+FFFD.
  const character = String.fromCodePoint(codePoint >= 0xd800 && codePoint < 0xe000 ? 0xfffd : codePoint)
  return tests.find(([pattern]) => pattern.test(character))?.[1] ?? OTHER
}

/** The first page of Chinese characters; most pages from here on hold nothing but letters without case. */
const firstIdeographs = 0x4e

/** Asks once for a whole page, which saves asking 256 times. */
const isCaselessPage = (page: number): boolean => {
  const codePoints = Array.from({ length: 256 }, (_, low) => page * 256 + low)
  return page >= firstIdeographs && /^\p{Lo}+$/u.test(String.fromCodePoint(...codePoints))
}

const buildPage = (page: number): Uint8Array =>
  isCaselessPage(page)
    ? new Uint8Array(256).fill(CASELESS)
    : Uint8Array.from({ length: 256 }, (_, low) => classify(page * 256 + low))

// Asking the engine for each character once, a page of 256 at a time, costs less than shipping Unicode's tables.
const pages: (Uint8Array | undefined)[] = []

const pageAt = (index: number): Uint8Array => {
  const page = buildPage(index)
  pages[index] = page
  return page
}

/** Classes of U+0000 to U+00FF, for loops that meet little else. */
export const latinClasses = (): Uint8Array => pages[0] ?? pageAt(0)

/** The class of a code point. */
export const classOf = (codePoint: number): number => {
  const index = codePoint >> 8
  return (pages[index] ?? pageAt(index))[codePoint & 255] ?? OTHER
}
