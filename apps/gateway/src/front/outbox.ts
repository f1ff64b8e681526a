import { Buffer } from 'node:buffer'
import type { Writable } from 'node:stream'
import { atTurnEnd } from './turn-end.ts'

/** What was put for one socket and is not written yet: a part of the outbox's buffer. */
export interface Parcel {
  readonly socket: Writable
  /** Called at the end of the turn, once all of it was written. */
  readonly onWritten: () => void
  start: number
  end: number
  isListed: boolean
}

/** A parcel in which there is nothing. */
export const createParcel = (socket: Writable, onWritten: () => void): Parcel => ({
  socket,
  onWritten,
  start: 0,
  end: 0,
  isListed: false,
})

/** Gathers what is written within one turn of the event loop. */
export interface Outbox {
  /** Adds text of Latin-1. */
  putLatin1(parcel: Parcel, text: string): void
  /** Adds text, which is `length` bytes of UTF-8. */
  putUtf8(parcel: Parcel, text: string, length: number): void
  /** Adds a copy of the bytes. */
  putBytes(parcel: Parcel, bytes: Uint8Array): void
  /** Has `onWritten` called at the end of the turn, also where nothing was put. */
  list(parcel: Parcel): void
}

/** What a processor's cache holds beside everything else, and several bursts fit in. */
const defaultSize = 256 * 1024
/** Most bytes of one answer that wait for the end of the turn, so that a client that does not read is noticed soon. */
const mostOfOne = 64 * 1024
/** Buffers of which something may wait for slow clients at the same time. */
const mostKept = 16
/** Up to here a loop is faster than a call of what copies texts. */
const shortText = 16

/**
 * Everything that is written in a turn is copied into one buffer, and goes out at the end of the turn, or once the buffer
 * is full. Mostly the system takes a write at once, and the buffer serves the next turn: answers that pass need no
 * memory of their own, which the collector would have to find. Where something of it has to wait, it is left to
 * whoever waits, and another one takes its place. Slow clients keep few of them in this way: to one that has something
 * waiting, or if too many buffers are kept, what is written is a copy of its own.
 */
export const createOutbox = (size: number = defaultSize): Outbox => {
  let buffer = Buffer.allocUnsafeSlow(size)
  let used = 0
  let isKept = false
  let kept = 0
  let listed: Parcel[] = []

  const write = (parcel: Parcel) => {
    const { socket, start, end } = parcel
    if (start === end) return
    parcel.start = 0
    parcel.end = 0
    if (!socket.writable) return
    const bytes = buffer.subarray(start, end)
    if (kept >= mostKept || socket.writableLength > 0) {
      writeCopy(socket, bytes)
      return
    }
    socket.write(bytes)
    if (socket.writableLength === 0) return
    isKept = true
    kept += 1
    // Called behind what waits, or when the connection is gone.
    socket.write('', release)
  }
  const release = () => {
    kept -= 1
  }
  const writeAll = (parcels: readonly Parcel[]) => {
    for (const parcel of parcels) write(parcel)
    used = 0
    if (isKept) buffer = Buffer.allocUnsafeSlow(size)
    isKept = false
  }
  const flush = () => {
    const due = listed
    listed = []
    writeAll(due)
    // Before any of them is told: who is told may put something for another one, which is listed again then.
    for (const parcel of due) parcel.isListed = false
    for (const parcel of due) if (!parcel.isListed) tell(parcel)
  }
  const list = (parcel: Parcel) => {
    if (parcel.isListed) return
    parcel.isListed = true
    if (listed.push(parcel) === 1) atTurnEnd(flush)
  }
  /** Where there is room for so many bytes behind what the parcel has; -1 where there never is. */
  const place = (parcel: Parcel, length: number): number => {
    list(parcel)
    // What was put for others in between goes to them.
    if (parcel.end !== used || parcel.end - parcel.start + length > mostOfOne) write(parcel)
    if (used + length > size) {
      writeAll(listed)
      if (length > size) return -1
    }
    const at = used
    if (parcel.start === parcel.end) parcel.start = at
    used += length
    parcel.end = used
    return at
  }
  return {
    list,
    putLatin1(parcel, text) {
      const at = place(parcel, text.length)
      if (at < 0) parcel.socket.write(text, 'latin1')
      else if (text.length > shortText) buffer.write(text, at, 'latin1')
      else for (let index = 0; index < text.length; index += 1) buffer[at + index] = text.charCodeAt(index)
    },
    putUtf8(parcel, text, length) {
      const at = place(parcel, length)
      if (at < 0) parcel.socket.write(text)
      else buffer.write(text, at, length)
    },
    putBytes(parcel, bytes) {
      const at = place(parcel, bytes.length)
      if (at < 0) writeCopy(parcel.socket, bytes)
      else buffer.set(bytes, at)
    },
  }
}

const tell = ({ onWritten }: Parcel): void => {
  try {
    onWritten()
  } catch (error) {
    // It is nobody else's fault: the others are told, and it goes where uncaught errors go.
    queueMicrotask(() => {
      throw error
    })
  }
}

/**
 * Up to here a copy is one of its own: what waits for slow readers is mostly small, and would hold many times as much
 * in such a buffer.
 */
const smallCopy = 16 * 1024
const spares: Buffer[] = []
const mostSpares = 16

/**
 * Writes a copy. Those of floods are made in buffers that serve again, since the collector lets what is outside its heap
 * grow by tens of megabytes before it looks after it.
 */
const writeCopy = (socket: Writable, bytes: Uint8Array): void => {
  if (bytes.length <= smallCopy || bytes.length > mostOfOne) {
    socket.write(Buffer.from(bytes))
    return
  }
  const spare = spares.pop() ?? Buffer.allocUnsafeSlow(mostOfOne)
  spare.set(bytes)
  socket.write(spare.subarray(0, bytes.length), () => {
    if (spares.length < mostSpares) spares.push(spare)
  })
}
