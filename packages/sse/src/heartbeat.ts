import { encodeSse } from './encode.ts'
import { platformInterval, type StartInterval } from './interval.ts'
import { requireTimerMs } from './options.ts'

/** How a stream that goes out keeps its connection alive. */
export interface HeartbeatOptions {
  /**
   * A comment goes out at once, so that headers and a byte reach the client, and then in this period while nothing
   * else waits to be sent. In milliseconds; 0 turns both off. @defaultValue 15 000
   */
  keepAliveMs?: number | undefined
  /** Tells the client at the beginning how long to wait before it reconnects, in milliseconds. */
  retry?: number | undefined
  /** The timer behind the heartbeat and `stallMs`. @defaultValue the platform's `setInterval`, which keeps no process alive */
  startInterval?: StartInterval | undefined
}

/** The heartbeat of one stream. */
export interface Heartbeat {
  /** What goes out before anything else; may be empty. */
  opening: string
  /** Starts the timer. The function that it returns stops it. */
  start(beat: (text: string) => void): () => void
}

const KEEP_ALIVE_MS = 15_000
const PING = encodeSse({ comment: 'ping' })

/**
 * @throws SseError `invalid-option` for a period that no timer can hold, `invalid-field` for a bad `retry`.
 */
export const createHeartbeat = (options: HeartbeatOptions): Heartbeat => {
  const { retry, startInterval = platformInterval } = options
  const periodMs = requireTimerMs('keepAliveMs', options.keepAliveMs ?? KEEP_ALIVE_MS)
  const on = periodMs > 0
  return {
    opening: (on ? PING : '') + encodeSse({ retry }),
    start: (beat) => (on ? startInterval(() => beat(PING), periodMs) : () => {}),
  }
}
