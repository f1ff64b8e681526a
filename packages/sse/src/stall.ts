import { SseError } from './errors.ts'
import { platformInterval, type StartInterval } from './interval.ts'
import { requireTimerMs } from './options.ts'

/** How long a client may leave what it was sent. */
export interface StallOptions {
  /**
   * Ends the stream with `stalled` when something waits for the client and it has taken nothing for this long, at
   * most twice this long. Without it a client that stops reading and stays would hold its sender for ever. In
   * milliseconds; 0 turns it off. @defaultValue 60 000
   */
  stallMs?: number | undefined
}

/** What is known of a client. */
export interface Progress {
  /** Whether it is the client's turn. */
  isWaiting(): boolean
  /** Anything that has changed when the client has taken something. */
  taken(): number
  onStall(error: SseError): void
}

/** Watches one client. */
export interface StallWatch {
  /** It is the client's turn now. */
  wait(): void
  stop(): void
}

const STALL_MS = 60_000

/**
 * Creates the watch over one client. Its timer starts with the first wait and stops at a tick that finds none, so that
 * neither an idle stream nor a quick client pays for it.
 *
 * @throws SseError `invalid-option` for a period that no timer can hold.
 */
export const createStallWatch = (
  options: StallOptions & { startInterval?: StartInterval | undefined },
  { isWaiting, taken, onStall }: Progress,
): StallWatch => {
  const { startInterval = platformInterval } = options
  const periodMs = requireTimerMs('stallMs', options.stallMs ?? STALL_MS)
  let stopTimer: (() => void) | undefined
  let before = 0

  const stop = (): void => {
    stopTimer?.()
    stopTimer = undefined
  }

  const tick = (): void => {
    const now = taken()
    if (!isWaiting()) stop()
    else if (now === before) {
      onStall(new SseError('stalled', `The client has taken nothing for ${periodMs} ms; see stallMs.`))
    } else before = now
  }

  const wait = (): void => {
    if (periodMs === 0 || stopTimer !== undefined) return
    before = taken()
    stopTimer = startInterval(tick, periodMs)
  }

  return { wait, stop }
}
