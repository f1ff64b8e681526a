import { createPieces } from './pieces.ts'

const LF = 10
const CR = 13

const findLast = (text: string, character: string): number =>
  // Searching forwards is many times quicker, and for most pieces of a long line it is all there is to do.
  text.includes(character) ? text.lastIndexOf(character) : -1

/** Where the last line ends that this text finishes, 0 where it finishes none. */
const findLastEnd = (text: string): number => {
  const last = text.charCodeAt(text.length - 1)
  if (last === LF || last === CR) return text.length
  return Math.max(findLast(text, '\n'), findLast(text, '\r')) + 1
}

/**
 * Creates what takes text cut anywhere and passes on whole lines, as many at a time as there are. A line in many
 * pieces is put together once: the parser behind copies what it keeps of an unfinished line several times.
 */
export const createLineAssembler = (feed: (lines: string) => void): ((text: string) => void) => {
  const open = createPieces()
  let isOpen = false

  return (text) => {
    const end = findLastEnd(text)
    if (end > 0) {
      const lines = end === text.length ? text : text.slice(0, end)
      if (isOpen) {
        isOpen = false
        open.add(lines)
        feed(open.take())
      } else feed(lines)
    }
    if (end === text.length) return
    open.add(text.slice(end))
    isOpen = true
  }
}
