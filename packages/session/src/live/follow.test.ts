import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { take } from '../testing/helpers.ts'
import type { SessionEvent } from '../types.ts'
import { follow, type TailSource } from './follow.ts'
import { createHub, type Hub } from './hub.ts'

const eventAt = (seq: number, type = 'note'): SessionEvent => ({ v: 1, seq, type, at: 0, data: { n: seq } })

/** A log with a hub over it, which counts how often it is read. */
const makeLog = (hub: Hub = createHub()) => {
  const events: SessionEvent[] = []
  let reads = 0
  const source: TailSource = {
    exists: () => true,
    batch: (after) => {
      reads += 1
      return events.filter(({ seq }) => seq > after).slice(0, 4)
    },
  }
  const append = (count = 1, characters = 10) => {
    const added = Array.from({ length: count }, (_, index) => eventAt(events.length + index + 1))
    events.push(...added)
    hub.publish('id', added, characters)
  }
  const open = (after: number, controller = new AbortController()) => ({
    controller,
    tail: follow(hub, 'id', source, { after, signal: controller.signal }),
  })
  return { hub, source, append, open, reads: () => reads }
}

/** Lets everything run that waits for nothing but its turn. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

test('followers of a live session read the log once, and then from the ring', async () => {
  const { append, open, reads } = makeLog()
  append(3)
  const tails = Array.from({ length: 100 }, () => take(open(0).tail, 53))
  await settle()
  const before = reads()
  for (let n = 0; n < 50; n += 1) {
    append()
    await settle()
  }
  for (const events of await Promise.all(tails)) expect(events.map(({ seq }) => seq).at(-1)).toBe(53)
  expect(reads()).toBe(before)
})

test('a follower that fell out of the ring goes back to the log and misses nothing', async () => {
  const { append, open, reads } = makeLog()
  append()
  const { tail, controller } = open(0)
  expect((await tail.next()).value?.seq).toBe(1)
  append(700)
  const before = reads()
  const seen: number[] = []
  while (seen.length < 700) {
    const { value } = await tail.next()
    if (value) seen.push(value.seq)
  }
  expect(seen).toEqual(Array.from({ length: 700 }, (_, index) => index + 2))
  expect(reads()).toBeGreaterThan(before)
  controller.abort()
})

test('large events do not stay in the ring: who needs one reads it from the log', async () => {
  const { append, open, reads } = makeLog()
  append()
  const { tail, controller } = open(1)
  const next = tail.next()
  await settle()
  const before = reads()
  for (const characters of [5_000_000, 5_000_000, 5]) append(1, characters)
  expect((await next).value?.seq).toBe(2)
  expect((await tail.next()).value?.seq).toBe(3)
  expect((await tail.next()).value?.seq).toBe(4)
  expect(reads()).toBeGreaterThan(before)
  controller.abort()
})

test('an abort frees an idle follower at once, with its seat and its listener', async () => {
  const { hub, append, open } = makeLog()
  append()
  const { tail, controller } = open(1)
  const next = tail.next()
  await settle()
  expect(hub.size()).toBe(1)
  controller.abort()
  // The seat is free before the reader asks again.
  expect(hub.size()).toBe(0)
  expect((await next).done).toBe(true)
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})

test('an abort frees the seat of a reader that never comes back', async () => {
  const { hub, append, open } = makeLog()
  append(3)
  const { tail, controller } = open(0)
  await tail.next()
  expect(hub.size()).toBe(1)
  controller.abort()
  expect(hub.size()).toBe(0)
  append()
  expect((await tail.next()).done).toBe(true)
})

test('leaving the loop frees the seat and the listener', async () => {
  const { hub, append, open } = makeLog()
  append(3)
  const { tail, controller } = open(0)
  for await (const event of tail) if (event.seq === 2) break
  expect(hub.size()).toBe(0)
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})

test('events that are published while the log is read are neither lost nor doubled', async () => {
  const { hub, source, append } = makeLog()
  append(2)
  let isFirst = true
  const racing: TailSource = {
    ...source,
    batch: (after) => {
      const batch = source.batch(after)
      if (isFirst && batch?.length === 0) {
        isFirst = false
        append(2)
      }
      return batch
    },
  }
  const { signal } = new AbortController()
  const events = await take(follow(hub, 'id', racing, { after: 0, signal }), 4)
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
})

test('a follower that is behind when the session ends gets its last event all the same', async () => {
  const { hub, source, append } = makeLog()
  append(9)
  let isGone = false
  const gone: TailSource = { ...source, batch: (after) => (isGone ? undefined : source.batch(after)) }
  const tail = follow(hub, 'id', gone, { after: 0, signal: new AbortController().signal })
  await tail.next()
  isGone = true
  hub.end('id', eventAt(10, 'session.deleted'))
  const rest: SessionEvent[] = []
  for await (const event of tail) rest.push(event)
  expect(rest.map(({ seq }) => seq)).toEqual([2, 3, 4, 10])
  expect(hub.size()).toBe(0)
})

test('a follower that is behind does not read on in a younger session of the same name', async () => {
  const { hub, source, append } = makeLog()
  append(9)
  let isYoung = false
  const young = [eventAt(6, 'other'), eventAt(7, 'other')]
  const renewed: TailSource = { ...source, batch: (after) => (isYoung ? young : source.batch(after)) }
  const tail = follow(hub, 'id', renewed, { after: 0, signal: new AbortController().signal })
  await tail.next()
  hub.end('id', eventAt(10, 'session.deleted'))
  isYoung = true
  const rest: string[] = []
  for await (const { seq, type } of tail) rest.push(`${seq} ${type}`)
  expect(rest).toEqual(['2 note', '3 note', '4 note', '10 session.deleted'])
})

test('a follower that lags a little reads from the ring, however much was published before', async () => {
  const { append, open, reads } = makeLog()
  append()
  const { tail, controller } = open(1)
  for (let n = 0; n < 300; n += 1) {
    const next = tail.next()
    await settle()
    append()
    await next
  }
  const before = reads()
  for (let n = 0; n < 200; n += 1) append()
  for (let seq = 302; seq <= 501; seq += 1) expect((await tail.next()).value?.seq).toBe(seq)
  expect(reads()).toBe(before)
  controller.abort()
})

test('a failing read reaches the reader and frees the seat', async () => {
  const { hub } = makeLog()
  const broken: TailSource = {
    exists: () => true,
    batch: () => {
      throw new Error('disk on fire')
    },
  }
  const tail = follow(hub, 'id', broken, { after: 0, signal: new AbortController().signal })
  await expect(tail.next()).rejects.toThrow('disk on fire')
  expect(hub.size()).toBe(0)
})
