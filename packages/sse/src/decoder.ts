import { createParser } from 'eventsource-parser'
import { SseError } from './errors.ts'
import { createLimitGuard, MAX_EVENT_LENGTH, MAX_LINE_LENGTH } from './limits.ts'
import { createLineAssembler } from './lines.ts'
import { requirePositive } from './options.ts'
import type { SseMessage } from './types.ts'
import { createUtf8Decoder } from './utf8.ts'

/** Options that both ways of decoding share. */
export interface SseParseOptions {
  /** Hears each comment line, without its colon and one following space. */
  onComment?: ((text: string) => void) | undefined
  /** Hears each valid `retry` field, in milliseconds; values past 2^53-1 are given as that. */
  onRetry?: ((milliseconds: number) => void) | undefined
  /**
   * The longest line that is read, without its line end, in UTF-16 code units: what `length` counts, and for ASCII
   * the same as bytes. @defaultValue 1 Mi (1 048 576)
   */
  maxLineLength?: number | undefined
  /** The largest event that is read: its lines together, comments apart, counted alike. @defaultValue 4 Mi */
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

/**
 * Decodes an event stream synchronously, for hot paths and for sources that push.
 *
 * Follows the HTML standard to the letter; malformed UTF-8 becomes U+FFFD. A decoder that has thrown is spent and
 * throws the same again.
 *
 * @throws SseError `invalid-option` for a limit that is not a positive number.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export const createSseDecoder = (options: SseDecoderOptions): SseDecoder => {
  const { onMessage, onComment, onRetry, incomplete = 'discard' } = options
  const guard = createLimitGuard(
    requirePositive('maxLineLength', options.maxLineLength ?? MAX_LINE_LENGTH),
    requirePositive('maxEventLength', options.maxEventLength ?? MAX_EVENT_LENGTH),
  )
  const utf8 = createUtf8Decoder()
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
  const takeText = createLineAssembler(parser.feed)

  const feed = (bytes: Uint8Array): void => {
    const text = utf8.decode(bytes)
    const crossing = guard.check(text)
    if (crossing === undefined) takeText(text)
    else {
      takeText(text.slice(0, crossing.before))
      throw crossing.error
    }
  }

  const push = (bytes: Uint8Array): void => {
    if (failure !== undefined) throw failure.error
    if (ended) throw new SseError('closed', 'The decoder has ended; create a new one for the next stream.')
    try {
      feed(bytes)
    } catch (error) {
      failure = { error }
      throw error
    }
  }

  const end = (): void => {
    if (ended || failure !== undefined) return
    ended = true
    // The first LF ends the open line (or belongs to a CR before it), the second is the blank line.
    if (incomplete === 'deliver') takeText(`${utf8.end()}\n\n`)
  }

  return { push, end }
}
