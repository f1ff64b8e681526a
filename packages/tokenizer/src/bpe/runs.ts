import { CASELESS, LETTER, LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, UPPER } from './char-classes.ts'
import type { TextBuffer } from './text-buffer.ts'

/**
 * The runs of characters that every split pattern is made of, scanned over a growing buffer.
 *
 * A run that reaches the end of the buffer is remembered, and scanning it again goes on from there: a stream that
 * brings one endless run in small pieces is still read once.
 */
export interface Runs {
  /** End of the characters whose class is in `set`. */
  classRun(start: number, set: number): number
  /** End of `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`, else of the upper case letters at `start`. */
  casedWord(start: number): number
  /** End of the white space at `start` as `\s*[\r\n]+|\s+(?!\S)|\s+` cuts it. */
  lineSpace(start: number): number
  /** End of the white space at `start` as `\s+(?!\S)|\s+` cuts it. */
  plainSpace(start: number): number
  /** The furthest index that the last scans had to look at; at the end of the text, more text may change the cut. */
  reach(): number
  /** To be called when a new text starts, or when bytes were dropped from the buffer. */
  forget(): void
}

const WHITE = SPACE | NEWLINE
const INITIAL = UPPER | CASELESS | MARK
const FINAL = LOWER | CASELESS | MARK
const ANY_CASE = CASELESS | MARK

/** Shorter runs are scanned again sooner than they are remembered. */
const worthRemembering = 64

/** Creates the scanners of a buffer. */
export const createRuns = (buffer: TextBuffer): Runs => {
  let furthest = 0
  // One remembered run per kind: where it starts, how far it was read, and the cut that was found within it.
  const plain = { start: -1, set: 0, at: 0 }
  const word = { start: -1, at: 0, cut: -1 }
  const white = { start: -1, at: 0, cut: -1 }

  const classRun = (start: number, set: number): number => {
    const { classes } = buffer
    let at = plain.start === start && plain.set === set ? plain.at : start
    while (((classes[at] ?? 0) & set) !== 0) at += 1
    if (at === buffer.length && at - start > worthRemembering) {
      plain.start = start
      plain.set = set
      plain.at = at
    }
    return at
  }

  const casedWord = (start: number): number => {
    const { classes } = buffer
    let at = start
    // The end of the last character that could also be the lower case part, should no lower case letter follow.
    let cut = -1
    if (word.start === start) {
      at = word.at
      cut = word.cut
    }
    for (let kind = classes[at] ?? 0; (kind & INITIAL) !== 0; kind = classes[at] ?? 0) {
      at += 1
      if ((kind & ANY_CASE) !== 0) cut = at
    }
    if (at === buffer.length && at - start > worthRemembering) {
      word.start = start
      word.at = at
      word.cut = cut
    }
    if (at > furthest) furthest = at
    if (((classes[at] ?? 0) & LOWER) !== 0) return classRun(at, FINAL)
    return cut < 0 ? at : cut
  }

  /** Reads white space; `white.at` is its end and `white.cut` the end of its last line break, or -1. */
  const readWhite = (start: number): void => {
    const { classes } = buffer
    let at = start
    let cut = -1
    if (white.start === start) {
      at = white.at
      cut = white.cut
    }
    for (let kind = classes[at] ?? 0; (kind & WHITE) !== 0; kind = classes[at] ?? 0) {
      at += 1
      if (kind === NEWLINE) cut = at
    }
    white.start = start
    white.at = at
    white.cut = cut
    if (at > furthest) furthest = at
  }

  /** All of the white space at the end of the text; before a word all but the last character, if there are two. */
  const withoutLast = (start: number): number => {
    const end = white.at
    if (end === buffer.length) return end
    let last = end - 1
    while (((buffer.bytes[last] ?? 0) & 0xc0) === 0x80) last -= 1
    return last > start ? last : end
  }

  return {
    classRun,
    casedWord,
    lineSpace(start) {
      readWhite(start)
      return white.cut < 0 ? withoutLast(start) : white.cut
    },
    plainSpace(start) {
      readWhite(start)
      return withoutLast(start)
    },
    reach: () => furthest,
    forget() {
      furthest = 0
      plain.start = -1
      word.start = -1
      white.start = -1
    },
  }
}

/** What may stand before a word: anything but CR, LF, a letter and a digit. */
export const PREFIX: number = MARK | SPACE | OTHER
/** `[^\s\p{L}\p{N}]` */
export const SYMBOL: number = MARK | OTHER
/** What a word starts with. */
export const WORD: number = LETTER | MARK

/** Index after the character at `start`. */
export const afterCharacter = (bytes: Uint8Array, start: number): number => {
  const byte = bytes[start] ?? 0
  return start + (byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4)
}

/** End of `\p{N}{1,3}`. */
export const upToThreeDigits = ({ bytes, classes }: TextBuffer, start: number): number => {
  let at = start
  for (let digits = 0; digits < 3 && classes[at] === NUMBER; digits += 1) at = afterCharacter(bytes, at)
  return at
}

/** End of `(?i:'s|'t|'re|'ve|'m|'ll|'d)`, or `start`. Folding case without locale, `ſ` (U+017F) is an `s`. */
export const afterContraction = ({ bytes, length }: TextBuffer, start: number): number => {
  if (bytes[start] !== 0x27 || start + 1 >= length) return start
  const first = (bytes[start + 1] ?? 0) | 0x20
  if (first === 0x73 || first === 0x74 || first === 0x6d || first === 0x64) return start + 2
  if (start + 2 >= length) return start
  const second = bytes[start + 2] ?? 0
  if ((first === 0x72 || first === 0x76) && (second | 0x20) === 0x65) return start + 3
  if (first === 0x6c && (second | 0x20) === 0x6c) return start + 3
  return bytes[start + 1] === 0xc5 && second === 0xbf ? start + 3 : start
}
