import { expect, test } from 'vitest'
import { decodeSse } from './decode.ts'
import { createSseStream, type SseStream } from './stream.ts'
import { createCountedSignal, createManualInterval, observe, settle, toText } from './testing/support.ts'

const readAll = async (stream: SseStream): Promise<string> => {
  let text = ''
  for await (const bytes of stream.readable) text += toText(bytes)
  return text
}
const errorOf = (code: string) => expect.objectContaining({ name: 'SseError', code })

test('sends frames, JSON and comments in order, each ready when it is read', async () => {
  const stream = createSseStream({ keepAliveMs: 0 })
  await stream.send({ data: 'a', id: '1' })
  await stream.sendJson('tick', { text: 'two\nlines' }, { id: '2' })
  await stream.sendJson(undefined, null)
  await stream.comment('note')
  await stream.send({})
  stream.close()
  expect(await readAll(stream)).toBe(
    'id: 1\ndata: a\n\nid: 2\nevent: tick\ndata: {"text":"two\\nlines"}\n\ndata: null\n\n: note\n',
  )
})

test('sends a comment and the retry at once, before any event', async () => {
  const timers = createManualInterval()
  const stream = createSseStream({ retry: 2000, startInterval: timers.startInterval })
  const reader = stream.readable.getReader()
  const { value } = await reader.read()
  expect(value && toText(value)).toBe(': ping\nretry: 2000\n')
  stream.close()
})

test('sends a heartbeat in each period, as part of the next block, and stops with the stream', async () => {
  const timers = createManualInterval()
  const stream = createSseStream({ startInterval: timers.startInterval })
  const reader = stream.readable.getReader()
  const read = async (): Promise<string> => {
    const { value } = await reader.read()
    return value === undefined ? 'end' : toText(value)
  }
  expect(await read()).toBe(': ping\n')
  timers.tick()
  expect(await read()).toBe(': ping\n')
  // While something waits, a heartbeat would tell nobody anything.
  await stream.send({ data: 'a' })
  timers.tick()
  timers.tick()
  stream.close()
  expect(await read()).toBe('data: a\n\n')
  expect(await read()).toBe('end')
  expect(timers.running.size).toBe(0)
})

test('turns heartbeats off by 0, and asks for the period that it was given', () => {
  const periods: number[] = []
  const startInterval = (_: () => void, period: number) => {
    periods.push(period)
    return () => {}
  }
  createSseStream({ startInterval }).close()
  createSseStream({ startInterval, keepAliveMs: 50 }).close()
  createSseStream({ startInterval, keepAliveMs: 0 }).close()
  expect(periods).toEqual([15_000, 50])
})

test('a slow reader slows the sender: a send waits until there is room', async () => {
  const stream = createSseStream({ keepAliveMs: 0 })
  const data = 'x'.repeat(10_000)
  await stream.send({ data })
  const second = observe(stream.send({ data }))
  const third = observe(stream.send({ data }))
  await settle()
  expect([second.settled, third.settled]).toEqual([false, false])
  const reader = stream.readable.getReader()
  await reader.read()
  await settle()
  expect([second.settled, third.settled]).toEqual([false, false])
  await reader.read()
  await settle()
  expect([second.settled, third.settled]).toEqual([true, true])
  expect([second.error, third.error]).toEqual([undefined, undefined])
  stream.close()
})

test('ends with overflow when more waits than maxQueuedBytes, and drops what waits', async () => {
  const timers = createManualInterval()
  const stream = createSseStream({ maxQueuedBytes: 1000, startInterval: timers.startInterval })
  const sends: ReturnType<typeof observe>[] = []
  for (let n = 0; n < 20; n += 1) sends.push(observe(stream.send({ data: 'x'.repeat(92) })))
  await settle()
  const refused = sends.findIndex((send) => send.error !== undefined)
  // 7 bytes of the opening and 100 for each event.
  expect(refused).toBe(9)
  for (const send of sends.slice(refused)) expect(send.error).toEqual(errorOf('overflow'))
  expect(stream.signal.reason).toEqual(errorOf('overflow'))
  await stream.closed
  expect(timers.running.size).toBe(0)
  await expect(readAll(stream)).rejects.toEqual(errorOf('overflow'))
})

test('never holds more than the cap while nobody reads, and counts bytes rather than characters', async () => {
  const stream = createSseStream({ keepAliveMs: 0, maxQueuedBytes: 300 })
  await stream.send({ data: '€'.repeat(64) })
  await expect(stream.send({ data: '€'.repeat(64) })).rejects.toEqual(errorOf('overflow'))
})

test('takes one event of any size when nothing else waits, for it would never get through otherwise', async () => {
  const stream = createSseStream({ maxQueuedBytes: 10 })
  const big = observe(stream.send({ data: 'x'.repeat(100_000) }))
  await settle()
  expect(big.settled).toBe(false)
  const reader = stream.readable.getReader()
  await reader.read()
  await reader.read()
  await settle()
  expect(big).toEqual({ settled: true, error: undefined })
  stream.close()
})

test('rejects sends after close, and closes only once', async () => {
  const stream = createSseStream({ keepAliveMs: 0 })
  await stream.send({ data: 'a' })
  stream.close()
  stream.close()
  await stream.closed
  await expect(stream.send({ data: 'b' })).rejects.toEqual(errorOf('closed'))
  await expect(stream.sendJson('x', 1)).rejects.toEqual(errorOf('closed'))
  await expect(stream.comment('b')).rejects.toEqual(errorOf('closed'))
  expect(stream.signal.aborted).toBe(false)
  expect(await readAll(stream)).toBe('data: a\n\n')
})

test('close lets waiting senders go, since what they sent is on its way', async () => {
  const stream = createSseStream({ keepAliveMs: 0 })
  const send = observe(stream.send({ data: 'x'.repeat(20_000) }))
  await settle()
  expect(send.settled).toBe(false)
  stream.close()
  await settle()
  expect(send).toEqual({ settled: true, error: undefined })
  expect((await readAll(stream)).length).toBe(20_008)
})

test('aborts its signal when the client leaves, rejects who waits and stops the timer', async () => {
  const timers = createManualInterval()
  const stream = createSseStream({ startInterval: timers.startInterval })
  const waiting = observe(stream.send({ data: 'x'.repeat(20_000) }))
  const gone = new Error('socket closed')
  await stream.readable.cancel(gone)
  await stream.closed
  expect(stream.signal.reason).toEqual(errorOf('closed'))
  expect(stream.signal.reason.cause).toBe(gone)
  await settle()
  expect(waiting.error).toBe(stream.signal.reason)
  await expect(stream.send({ data: 'b' })).rejects.toBe(stream.signal.reason)
  expect(timers.running.size).toBe(0)
  stream.close()
  timers.tick()
})

test('ends with the reason of its signal option, also one that has aborted before', async () => {
  const timers = createManualInterval()
  const controller = new AbortController()
  const stream = createSseStream({ signal: controller.signal, startInterval: timers.startInterval })
  await stream.send({ data: 'a' })
  controller.abort('drain')
  controller.abort('again')
  await expect(stream.send({ data: 'b' })).rejects.toBe('drain')
  expect(stream.signal.reason).toBe('drain')
  await expect(readAll(stream)).rejects.toBe('drain')

  const late = createSseStream({ signal: AbortSignal.abort('before'), startInterval: timers.startInterval })
  await expect(late.send({ data: 'a' })).rejects.toBe('before')
  await late.closed
  expect(timers.running.size).toBe(0)
})

test('leaves no listener on its signal, however it ends', async () => {
  const { signal, listeners } = createCountedSignal()
  const closed = createSseStream({ signal })
  expect(listeners()).toBe(1)
  closed.close()
  expect(listeners()).toBe(0)
  await createSseStream({ signal }).readable.cancel()
  expect(listeners()).toBe(0)
})

test('refuses what cannot be sent, and goes on', async () => {
  const stream = createSseStream({ keepAliveMs: 0 })
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  for (const value of [undefined, () => {}, Symbol('x'), 1n, cyclic]) {
    await expect(stream.sendJson('x', value)).rejects.toEqual(errorOf('invalid-field'))
  }
  await expect(stream.send({ id: 'a\nb', data: '' })).rejects.toEqual(errorOf('invalid-field'))
  await stream.send({ data: 'fine' })
  stream.close()
  expect(await readAll(stream)).toBe('data: fine\n\n')
})

test('refuses options out of their range before anything starts', () => {
  const timers = createManualInterval()
  const { startInterval } = timers
  for (const options of [
    { keepAliveMs: -1 },
    { keepAliveMs: 2 ** 31 },
    { keepAliveMs: Number.NaN },
    { maxQueuedBytes: 0 },
  ]) {
    expect(() => createSseStream({ ...options, startInterval })).toThrow(errorOf('invalid-option'))
  }
  expect(() => createSseStream({ retry: 1.5, startInterval })).toThrow(errorOf('invalid-field'))
  expect(timers.running.size).toBe(0)
})

test('arrives whole at a reader that keeps up, from many senders at once', async () => {
  const stream = createSseStream({ keepAliveMs: 0 })
  const sender = async (name: string): Promise<void> => {
    for (let n = 0; n < 200; n += 1) await stream.send({ event: name, data: `${n} ${'x'.repeat(500)}` })
  }
  const sending = Promise.all([sender('a'), sender('b')]).then(() => stream.close())
  const counts: Record<string, number> = { a: 0, b: 0 }
  for await (const { event = '', data } of decodeSse(stream.readable)) {
    expect(Number.parseInt(data, 10)).toBe(counts[event])
    counts[event] = (counts[event] ?? 0) + 1
  }
  await sending
  expect(counts).toEqual({ a: 200, b: 200 })
})
