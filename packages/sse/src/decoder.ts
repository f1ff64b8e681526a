import { createParser } from 'eventsource-parser'
import { createBomSkipper } from './bom.ts'
import { SseError } from './errors.ts'
import { createLimitGuard, MAX_EVENT_LENGTH, MAX_LINE_LENGTH } from './limits.ts'
import { requirePositive } from './options.ts'
import { type Batching, createLineReader } from './reader.ts'
import type { SseMessage } from './types.ts'

/** Options that both ways of decoding share. */
export interface SseParseOptions {
  /** Hears each comment line, without its colon and one following space. */
  onComment?: ((text: string) => void) | undefined
  /** Hears each valid `retry` field, in milliseconds; values past 2^53-1 are given as that. */
  onRetry?: ((milliseconds: number) => void) | undefined
  /**
   * The longest line that is read, without its line end, in bytes. Infinity turns it off.
   * @defaultValue 1 MiB (1 048 576)
   */
  maxLineLength?: number | undefined
  /** The largest event that is read: its lines together, comments apart, counted alike. @defaultValue 4 MiB */
  maxEventLength?: number | undefined
  /**
   * What becomes of an event that the stream ends in the middle of. The standard discards it; `deliver` treats
   * the end as a blank line, for servers that leave theirs out. @defaultValue 'discard'
   */
  incomplete?: 'discard' | 'deliver' | undefined
}

/** Options of {@link createSseDecoder}. */
export interface SseDecoderOptions extends SseParseOptions {
  /** Takes each event, inside the `push` that completes it. */
  onMessage: (message: SseMessage) => void
}

// Called without state only, so that all streams can share it: whole lines are whole characters.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** A decoder that bytes are pushed into. */
export interface SseDecoder {
  /**
   * Takes the next bytes, cut anywhere. What a callback throws comes out here.
   * @throws SseError `line-too-long` or `event-too-large`, after the events before it; `closed` after `end`.
   */
  push(bytes: Uint8Array): void
  /** Says that the stream is over. Calling it again does nothing. */
  end(): void
}

/** The decoder, and how much it gathers. Tests let it gather little. */
export const createBatchedDecoder = (
  options: SseDecoderOptions,
  batching?: Batching | undefined,
): SseDecoder => {
  const { onMessage, onComment, onRetry, incomplete = 'discard' } = options
  const guard = createLimitGuard(
    requirePositive('maxLineLength', options.maxLineLength ?? MAX_LINE_LENGTH),
    requirePositive('maxEventLength', options.maxEventLength ?? MAX_EVENT_LENGTH),
  )
  const skipBom = createBomSkipper()
  let lastEventId = ''
  let failure: { error: unknown } | undefined
  let ended = false

  const parser = createParser({
    // Comes before `onEvent`, and also for an event without data: its id sticks all the same.
    onId: (id) => {
      lastEventId = id
    },
    onEvent: ({ event, data, id }) => onMessage({ event, data, id, lastEventId }),
    onComment,
    onRetry: onRetry && ((milliseconds) => onRetry(Math.min(milliseconds, Number.MAX_SAFE_INTEGER))),
  })
  // The BOM is gone already. The parser would take another, and also the text "ï»¿", which the standard keeps;
  // it does so once, and has now done so.
  parser.feed('\uFEFF')
  const lines = createLineReader(guard, (bytes) => parser.feed(utf8.decode(bytes)), batching)

  const push = (bytes: Uint8Array): void => {
    if (failure !== undefined) throw failure.error
    if (ended) throw new SseError('closed', 'The decoder has ended; create a new one for the next stream.')
    try {
      lines.push(skipBom(bytes))
    } catch (error) {
      failure = { error }
      throw error
    }
  }

  const end = (): void => {
    if (ended || failure !== undefined) return
    ended = true
    if (incomplete === 'discard') return
    lines.flush()
    // The first LF ends the open line (or belongs to a CR before it), the second is the blank line.
    parser.feed('\n\n')
  }

  return { push, end }
}

/**
 * Decodes an event stream synchronously, for hot paths and for sources that push.
 *
 * Follows the HTML standard to the letter; malformed UTF-8 becomes U+FFFD. A decoder that has thrown is spent and
 * throws the same again.
 *
 * @throws SseError `invalid-option` for a limit that is not a positive number.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export const createSseDecoder = (options: SseDecoderOptions): SseDecoder => createBatchedDecoder(options)
