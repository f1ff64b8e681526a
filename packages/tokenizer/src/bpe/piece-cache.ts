/** Remembers the tokens of pieces: the words of a text, and of the next request of a conversation, repeat. */
export interface PieceCache {
  /** The place of a piece of at most `cachedPieceBytes`, or -1 when it is not remembered. */
  find(hash: number, bytes: Uint8Array, start: number, end: number): number
  /** Remembers the tokens of a piece. */
  remember(hash: number, bytes: Uint8Array, start: number, end: number, tokens: readonly number[]): void
  /** How many tokens the piece at a place has. */
  count(place: number): number
  /** Appends the tokens of the piece at a place. */
  append(place: number, out: number[]): void
}

/** Longer pieces are rare, and would take the place of many. */
export const cachedPieceBytes = 4_096

/** Places of pieces, four for each hash. A piece takes the place of another one, so that there is no list to keep. */
const size = 32_768
const ways = 4
/** Bytes of pieces, and tokens, that are held. The oldest are written over. */
const heldBytes = 1_048_576
const heldTokens = 262_144

/** Creates an empty cache: 2.6 MiB, however much text is counted. */
export const createPieceCache = (): PieceCache => {
  const hashes = new Int32Array(size)
  const lengths = new Uint16Array(size)
  const counts = new Uint16Array(size)
  const textStarts = new Int32Array(size)
  // Where the tokens of a piece start, counted from the first that were ever written: it tells which are still there.
  // Bytes need no such number, since they are compared.
  const tokenStarts = new Float64Array(size)
  const texts = new Uint8Array(heldBytes)
  const held = new Int32Array(heldTokens)
  let textEnd = 0
  let tokenEnd = 0
  let turn = 0

  /** The next place for `length` tokens side by side: the start of the ring if they do not fit before its end. */
  const roomForTokens = (length: number): number => {
    const at = tokenEnd % heldTokens
    return at + length <= heldTokens ? tokenEnd : tokenEnd - at + heldTokens
  }

  const isHeld = (place: number, bytes: Uint8Array, start: number, length: number): boolean => {
    if (lengths[place] !== length) return false
    if (tokenEnd - (tokenStarts[place] ?? 0) > heldTokens) return false
    const at = textStarts[place] ?? 0
    for (let i = 0; i < length; i += 1) if (texts[at + i] !== bytes[start + i]) return false
    return true
  }

  return {
    find(hash, bytes, start, end) {
      const first = hash & (size - ways)
      for (let place = first; place < first + ways; place += 1) {
        if (hashes[place] === hash && isHeld(place, bytes, start, end - start)) return place
      }
      return -1
    },
    remember(hash, bytes, start, end, tokens) {
      const place = (hash & (size - ways)) + turn
      turn = (turn + 1) % ways
      const length = end - start
      const textStart = textEnd + length <= heldBytes ? textEnd : 0
      const tokenStart = roomForTokens(tokens.length)
      hashes[place] = hash
      lengths[place] = length
      counts[place] = tokens.length
      textStarts[place] = textStart
      tokenStarts[place] = tokenStart
      texts.set(bytes.subarray(start, end), textStart)
      held.set(tokens, tokenStart % heldTokens)
      textEnd = textStart + length
      tokenEnd = tokenStart + tokens.length
    },
    count: (place) => counts[place] ?? 0,
    append(place, out) {
      const first = (tokenStarts[place] ?? 0) % heldTokens
      const end = first + (counts[place] ?? 0)
      for (let at = first; at < end; at += 1) out.push(held[at] ?? 0)
    },
  }
}
