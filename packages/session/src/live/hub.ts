import type { SessionEvent } from '../types.ts'

// Followers of a live session read from this ring and not from the store. One that falls out of it goes back to the log.
const ringEvents = 256
const ringCharacters = 1 << 20

/** A follower's place at a session. */
export interface Seat {
  /** Grows with everything that is published. */
  version(): number
  /** Published events behind a seq; undefined when the ring does not reach back that far. */
  since(position: number): readonly SessionEvent[] | undefined
  /** The event that ended the session. */
  last(): SessionEvent | undefined
  /** Settles at the next publication, at the end, and when the seat is left. */
  changed(): Promise<void>
  /** True after `leave` and after the store was closed. */
  isLeft(): boolean
  leave(): void
}

/** Tells the followers within this process what was written. Holds nothing for sessions that nobody follows. */
export interface Hub {
  join(id: string): Seat
  /** Call it after the events are durable, in order. `characters`, of their data, bounds what the ring keeps. */
  publish(id: string, events: readonly SessionEvent[], characters: number): void
  /** Publishes a session's last event and ends its followers behind it. */
  end(id: string, last: SessionEvent): void
  /** Ends all followers. */
  close(): void
  /** How many sessions are followed now. */
  size(): number
}

interface Channel {
  version: number
  ring: SessionEvent[]
  sizes: number[]
  characters: number
  /** Seq of the ring's first event; Infinity until something was published. */
  start: number
  last: SessionEvent | undefined
  seats: Set<() => void>
}

/** A hub for one store. */
export function createHub(): Hub {
  const channels = new Map<string, Channel>()
  let closed = false

  const wake = (channel: Channel) => {
    channel.version += 1
    for (const wakeSeat of channel.seats) wakeSeat()
  }

  const join = (id: string): Seat => {
    const channel = channels.get(id) ?? newChannel()
    channels.set(id, channel)
    let left = false
    let resume: (() => void) | undefined
    const wakeSeat = () => {
      resume?.()
      resume = undefined
    }
    channel.seats.add(wakeSeat)
    return {
      version: () => channel.version,
      since: (position) =>
        position + 1 >= channel.start ? channel.ring.slice(position + 1 - channel.start) : undefined,
      last: () => channel.last,
      changed: () =>
        new Promise((resolve) => {
          resume = resolve
        }),
      isLeft: () => left || closed,
      leave: () => {
        left = true
        channel.seats.delete(wakeSeat)
        // The id may already belong to a younger session with a channel of its own.
        if (channel.seats.size === 0 && channels.get(id) === channel) channels.delete(id)
        wakeSeat()
      },
    }
  }

  return {
    join,
    publish: (id, events, characters) => {
      const channel = channels.get(id)
      if (channel === undefined || events.length === 0) return
      const size = Math.ceil(characters / events.length)
      for (const event of events) push(channel, event, size)
      wake(channel)
    },
    end: (id, last) => {
      const channel = channels.get(id)
      if (channel === undefined) return
      channels.delete(id)
      channel.last = last
      push(channel, last, 0)
      wake(channel)
    },
    close: () => {
      closed = true
      for (const channel of channels.values()) wake(channel)
      channels.clear()
    },
    size: () => channels.size,
  }
}

const newChannel = (): Channel => ({
  version: 0,
  ring: [],
  sizes: [],
  characters: 0,
  start: Number.POSITIVE_INFINITY,
  last: undefined,
  seats: new Set(),
})

function push(channel: Channel, event: SessionEvent, size: number): void {
  // `since` counts on a ring without gaps, so that it starts anew where one would be.
  if (event.seq !== channel.start + channel.ring.length) {
    channel.ring = []
    channel.sizes = []
    channel.characters = 0
    channel.start = event.seq
  }
  channel.ring.push(event)
  channel.sizes.push(size)
  channel.characters += size
  while (
    channel.ring.length > ringEvents ||
    (channel.characters > ringCharacters && channel.ring.length > 0)
  ) {
    channel.ring.shift()
    channel.characters -= channel.sizes.shift() ?? 0
    channel.start += 1
  }
}
