import { quote, TokenizerError } from '../errors.ts'
import { isWithin } from '../limit.ts'
import type { EncodingName, RunningCount } from '../types.ts'
import { createPieceMerge } from './piece-merge.ts'
import { createRankTable } from './rank-table.ts'
import { countBuffer, createRunningCount } from './running-count.ts'
import { createSplitter, type SplitPattern } from './splitters.ts'
import { appendText, clearBuffer, createTextBuffer } from './text-buffer.ts'

/** What an encoding is made of. */
export interface EncodingSource {
  name: EncodingName
  pattern: SplitPattern
  /** The rank table as tiktoken's JavaScript packages pack it. */
  ranks: string
  /** Special tokens by their text. They are decoded, and never produced from text. */
  specialTokens: Readonly<Record<string, number>>
}

/** An encoding whose table is loaded. Each method is synchronous and linear in its input. */
export interface Encoding {
  readonly name: EncodingName
  count(text: string): number
  encode(text: string): number[]
  /** The text of tokens; a character of which only a part is there becomes U+FFFD. Throws `unknown-token`. */
  decode(tokens: readonly number[]): string
  isWithinLimit(text: string, max: number): boolean
  startCount(): RunningCount
}

/** Bytes of text for which memory is kept between calls. */
const keptBytes = 262_144

/** Creates an encoding; reading the table takes tens of milliseconds and about 15 bytes of memory per token. */
export const createEncoding = ({ name, pattern, ranks, specialTokens }: EncodingSource): Encoding => {
  const table = createRankTable(ranks)
  const merge = createPieceMerge(table)
  const specialTexts = new Map(Object.entries(specialTokens).map(([text, token]) => [token, text]))
  let scratch = createTextBuffer(4_096)

  const read = (text: string): typeof scratch => {
    if (scratch.bytes.length > keptBytes) scratch = createTextBuffer(4_096)
    clearBuffer(scratch)
    appendText(scratch, text)
    return scratch
  }

  const count = (text: string): number => countBuffer(pattern, merge, read(text), 0)

  const bytesOf = (token: number): Uint8Array => {
    const bytes = Number.isInteger(token) && token >= 0 ? table.bytesOf(token) : undefined
    if (bytes !== undefined && bytes.length > 0) return bytes
    const special = specialTexts.get(token)
    if (special !== undefined) return new TextEncoder().encode(special)
    throw new TokenizerError(
      `The encoding ${name} has no token ${quote(token)}; decode takes what encode gave.`,
      {
        code: 'unknown-token',
      },
    )
  }

  return {
    name,
    count,
    encode(text) {
      const buffer = read(text)
      const splitter = createSplitter(pattern, buffer)
      const tokens: number[] = []
      for (let at = 0; at < buffer.length; ) {
        const end = splitter.next(at)
        merge.encode(buffer.bytes, at, end, tokens)
        at = end
      }
      return tokens
    },
    decode(tokens) {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
      let text = ''
      for (const token of tokens) text += decoder.decode(bytesOf(token), { stream: true })
      return text + decoder.decode()
    },
    isWithinLimit(text, max) {
      // A character of UTF-16 has one to three bytes, and a token has from one byte to those of the longest.
      if (text.length * 3 <= max) return true
      if (text.length > max * table.longest) return false
      const running = createRunningCount(pattern, merge)
      return isWithin({ ...running, atLeast: running.settled }, text, max)
    },
    startCount: () => createRunningCount(pattern, merge),
  }
}
