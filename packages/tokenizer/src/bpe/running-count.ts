import type { RunningCount } from '../types.ts'
import type { PieceMerge } from './piece-merge.ts'
import type { PrefixMerge } from './prefix-merge.ts'
import { smallPieceBytes } from './small-merge.ts'
import { createSplitter, type SplitPattern } from './splitters.ts'
import { appendText, createTextBuffer, dropBytes, isHighSurrogate, type TextBuffer } from './text-buffer.ts'

/** Bytes that are counted for good and still held; past this they are dropped once they are half of the buffer. */
const droppableBytes = 16_384

/** A running count that also tells how much of it can no longer change. */
export interface BpeRunningCount extends RunningCount {
  /** Tokens of the pieces that more text cannot change: a lower bound of every later count. */
  settled(): number
}

/** Tokens of `buffer` from `start` on. */
export const countBuffer = (
  pattern: SplitPattern,
  merge: PieceMerge,
  buffer: TextBuffer,
  start: number,
): number => {
  const splitter = createSplitter(pattern, buffer)
  let count = 0
  for (let at = start; at < buffer.length; ) {
    const end = splitter.next(at)
    count += merge.count(buffer.bytes, at, end)
    at = end
  }
  return count
}

/**
 * Counts a text that arrives in pieces of any size, in time linear in the whole, however often it is asked.
 * Pieces that more text cannot change are counted once. What is left is a few short pieces at the end, or one long
 * piece (a run that never ends), which is merged as it grows.
 */
export const createRunningCount = (pattern: SplitPattern, merge: PieceMerge): BpeRunningCount => {
  const buffer = createTextBuffer(512)
  const splitter = createSplitter(pattern, buffer)
  let settled = 0
  /** Where the first piece that may still change starts. */
  let open = 0
  /** The first half of a character that was cut between two chunks. */
  let half = ''
  let longPieces: { start: number; merge: PrefixMerge }[] = []

  /** Counts a long piece that may go on growing, from where it was read to the last time. */
  const countGrowing = (start: number, end: number): number => {
    let piece = longPieces.find((candidate) => candidate.start === start)
    if (piece === undefined) {
      piece = { start, merge: merge.startPrefixMerge() }
      longPieces.push(piece)
    }
    piece.merge.readTo(buffer.bytes, start, end - start)
    return piece.merge.countAt(end - start)
  }

  const countPiece = (start: number, end: number): number => {
    const isGrowing =
      end - start > smallPieceBytes &&
      (!splitter.isFinal(end) || longPieces.some((piece) => piece.start === start))
    return isGrowing ? countGrowing(start, end) : merge.count(buffer.bytes, start, end)
  }

  const dropSettled = (): void => {
    if (open < droppableBytes || open * 2 < buffer.length) return
    dropBytes(buffer, open)
    splitter.forget()
    for (const piece of longPieces) piece.start -= open
    open = 0
  }

  const settle = (): void => {
    while (open < buffer.length) {
      const end = splitter.next(open)
      if (!splitter.isFinal(end)) {
        // A short piece that may still change is not worth counting; a long one is merged as it grows.
        if (end - open > smallPieceBytes) countGrowing(open, end)
        break
      }
      settled += countPiece(open, end)
      open = end
      if (longPieces.length > 0) longPieces = longPieces.filter((piece) => piece.start >= end)
    }
    dropSettled()
  }

  /** As if the half character were the end of the text; on a copy, since it will not have been. */
  const countWithHalf = (): number => {
    const copy = createTextBuffer(buffer.length - open + 3)
    copy.bytes.set(buffer.bytes.subarray(open, buffer.length))
    copy.classes.set(buffer.classes.subarray(open, buffer.length))
    copy.length = buffer.length - open
    appendText(copy, half)
    return countBuffer(pattern, merge, copy, 0)
  }

  const countOpen = (): number => {
    if (half !== '') return countWithHalf()
    let count = 0
    const used = new Set<number>()
    for (let at = open; at < buffer.length; ) {
      const end = splitter.next(at)
      count += countPiece(at, end)
      used.add(at)
      at = end
    }
    // Of a run that was cut elsewhere before, the old cut is no piece any more.
    if (longPieces.length > 1) longPieces = longPieces.filter((piece) => used.has(piece.start))
    return count
  }

  return {
    push(text) {
      let whole = half + text
      half = ''
      if (isHighSurrogate(whole.charCodeAt(whole.length - 1))) {
        half = whole.slice(-1)
        whole = whole.slice(0, -1)
      }
      if (whole === '') return
      appendText(buffer, whole)
      settle()
    },
    count: () => settled + countOpen(),
    settled: () => settled,
  }
}
