import { LETTER, MARK, NEWLINE, NUMBER, UPPER } from './char-classes.ts'
import {
  afterCharacter,
  afterContraction,
  createRuns,
  PREFIX,
  type Runs,
  SYMBOL,
  upToThreeDigits,
  WORD,
} from './runs.ts'
import type { TextBuffer } from './text-buffer.ts'

/** The split patterns in use, by the first encoding that had them. */
export type SplitPattern = 'o200k' | 'cl100k' | 'p50k'

/** Cuts a buffer into the pieces within which bytes are merged. */
export interface Splitter {
  /** End of the piece that starts at `start`, which is before the end of the buffer. */
  next(start: number): number
  /** Whether more text can no longer change the piece that `next` just ended at `end`. */
  isFinal(end: number): boolean
  /** To be called when a new text starts, or when bytes were dropped from the buffer. */
  forget(): void
}

// The patterns are regular expressions in their origin, alternatives tried in order. Here each is a function over
// character classes: linear on every input, and with Unicode's idea of white space instead of JavaScript's.

const skipLineBreaks = ({ bytes, classes }: TextBuffer, start: number, slashToo: boolean): number => {
  let at = start
  while (classes[at] === NEWLINE || (slashToo && bytes[at] === 0x2f && classes[at] !== 0)) at += 1
  return at
}

const isSpace = (buffer: TextBuffer, at: number): boolean => buffer.bytes[at] === 0x20

const nextO200k = (buffer: TextBuffer, runs: Runs, start: number): number => {
  const { bytes, classes } = buffer
  const kind = classes[start] ?? 0
  if ((kind & LETTER) !== 0) return afterContraction(buffer, runs.casedWord(start))
  if ((kind & PREFIX) !== 0) {
    const second = afterCharacter(bytes, start)
    if (((classes[second] ?? 0) & WORD) !== 0) {
      const end = runs.casedWord(second)
      // A mark may be the whole lower case part itself, which the pattern tries before "upper case only".
      if (kind !== MARK || classes[end - 1] !== UPPER) return afterContraction(buffer, end)
    }
    if (kind === MARK) return afterContraction(buffer, second)
  }
  if (kind === NUMBER) return upToThreeDigits(buffer, start)
  const symbols = isSpace(buffer, start) ? start + 1 : start
  if (((classes[symbols] ?? 0) & SYMBOL) !== 0) {
    return skipLineBreaks(buffer, runs.classRun(symbols, SYMBOL), true)
  }
  return runs.lineSpace(start)
}

const nextCl100k = (buffer: TextBuffer, runs: Runs, start: number): number => {
  const { bytes, classes } = buffer
  const contraction = afterContraction(buffer, start)
  if (contraction > start) return contraction
  const kind = classes[start] ?? 0
  if ((kind & LETTER) !== 0) return runs.classRun(start, LETTER)
  if ((kind & PREFIX) !== 0) {
    const second = afterCharacter(bytes, start)
    if (((classes[second] ?? 0) & LETTER) !== 0) return runs.classRun(second, LETTER)
  }
  if (kind === NUMBER) return upToThreeDigits(buffer, start)
  const symbols = isSpace(buffer, start) ? start + 1 : start
  if (((classes[symbols] ?? 0) & SYMBOL) !== 0) {
    return skipLineBreaks(buffer, runs.classRun(symbols, SYMBOL), false)
  }
  return runs.lineSpace(start)
}

/** `'s|'t|'re|'ve|'m|'ll|'d`, in lower case only. */
const afterLowerContraction = (buffer: TextBuffer, start: number): number => {
  const end = afterContraction(buffer, start)
  for (let i = start + 1; i < end; i += 1) {
    const byte = buffer.bytes[i] ?? 0
    if (byte < 0x61 || byte > 0x7a) return start
  }
  return end
}

const nextP50k = (buffer: TextBuffer, runs: Runs, start: number): number => {
  const contraction = afterLowerContraction(buffer, start)
  if (contraction > start) return contraction
  const first = isSpace(buffer, start) ? start + 1 : start
  const kind = buffer.classes[first] ?? 0
  if ((kind & LETTER) !== 0) return runs.classRun(first, LETTER)
  if (kind === NUMBER) return runs.classRun(first, NUMBER)
  if ((kind & SYMBOL) !== 0) return runs.classRun(first, SYMBOL)
  return runs.plainSpace(start)
}

const nextByPattern = { o200k: nextO200k, cl100k: nextCl100k, p50k: nextP50k } satisfies Record<
  SplitPattern,
  typeof nextO200k
>

/** Bytes after a piece that its end may depend on: the rest of `'ſ` or of `'ll`. */
const lookahead = 3

/** Creates the splitter of a pattern over a buffer that may grow. */
export const createSplitter = (pattern: SplitPattern, buffer: TextBuffer): Splitter => {
  const runs = createRuns(buffer)
  const next = nextByPattern[pattern]
  return {
    next: (start) => next(buffer, runs, start),
    isFinal: (end) => end + lookahead < buffer.length && runs.reach() < buffer.length,
    forget: runs.forget,
  }
}
