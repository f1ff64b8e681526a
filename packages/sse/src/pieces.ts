/** A text that arrives in pieces, in memory that is a small multiple of its length however small they are. */
export interface Pieces {
  add(text: string): void
  /** All of it; the next text begins. */
  take(): string
}

/** Engines spend some 32 bytes on each concatenation that they put off; shorter pieces are copied together first. */
const SMALL = 512

/**
 * Creates an empty text. Large pieces are concatenated, which engines put off until somebody reads the whole: a text
 * of n characters then costs n, and nothing if it is thrown away.
 */
export const createPieces = (): Pieces => {
  let whole = ''
  let small: string[] = []
  let smallLength = 0

  const joinSmall = (): void => {
    if (smallLength === 0) return
    whole += small.join('')
    small = []
    smallLength = 0
  }

  const add = (text: string): void => {
    if (text.length >= SMALL) {
      joinSmall()
      whole += text
    } else if (text !== '') {
      small.push(text)
      smallLength += text.length
      if (smallLength >= SMALL) joinSmall()
    }
  }

  const take = (): string => {
    joinSmall()
    const taken = whole
    whole = ''
    return taken
  }

  return { add, take }
}
