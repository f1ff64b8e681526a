import type { StreamEvent } from '../types/stream-event.ts'
import type { Attempt } from './attempt.ts'

/** A streamed answer on its way to a client, with a heartbeat while nothing comes. */
export interface ClientStream {
  /** Writes whole events. */
  write(events: Uint8Array | string): void
  /** False asks for a pause until `ready` settles. */
  goesOn(): boolean
  ready(): Promise<void>
  end(): void
  /** Writes nothing more, since the client has gone. */
  drop(): void
}

// A block of its own would be an empty event to some readers; a comment line belongs to the event behind it.
const ping = ': ping\n'
const ticksPerBeat = 3

/**
 * Begins a streamed answer. The heartbeat looks a few times per period whether anything was written, so that an event
 * costs it no more than a counter; a ping comes between one period and a third more after the last event.
 */
export const openClientStream = (
  { sink, heartbeatMs }: Attempt,
  head: Readonly<Record<string, string>>,
): ClientStream => {
  let silentTicks = 0
  let isPaused = false
  const beat = () => {
    silentTicks += 1
    // Behind a full buffer a ping keeps nothing alive.
    if (silentTicks <= ticksPerBeat || isPaused) return
    silentTicks = 1
    isPaused = !sink.data(ping)
  }
  const timer = heartbeatMs > 0 ? setInterval(beat, heartbeatMs / ticksPerBeat) : undefined
  sink.head(200, head)
  return {
    write(events) {
      silentTicks = 0
      isPaused = !sink.data(events)
    },
    goesOn: () => !isPaused,
    async ready() {
      await sink.ready()
      isPaused = false
      silentTicks = 0
    },
    end() {
      clearInterval(timer)
      sink.end()
    },
    drop: () => clearInterval(timer),
  }
}

/** Is this what a client waits for? From here on no other target can be tried. */
export const isContent = ({ type }: StreamEvent): boolean =>
  type !== 'start' && type !== 'warning' && type !== 'block-end'
