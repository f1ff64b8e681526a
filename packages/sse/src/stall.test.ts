import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createNodeSseStream } from './node.ts'
import { sseResponse } from './response.ts'
import { createSseStream } from './stream.ts'
import { createManualInterval, isHeld, observe, settle, toText } from './testing/support.ts'
import type { SseFrame } from './types.ts'

const STALL_MS = 60_000
const stalled = expect.objectContaining({ name: 'SseError', code: 'stalled' })
const data = 'x'.repeat(20_000)

const endless = async function* (freed: () => void): AsyncGenerator<SseFrame> {
  try {
    for (;;) yield { data }
  } finally {
    freed()
  }
}

test('ends a stream whose client has taken nothing for the period, and frees who waits', async () => {
  const timers = createManualInterval()
  const stream = createSseStream({ startInterval: timers.startInterval })
  const waiting = observe(stream.send({ data }))
  timers.tick(STALL_MS)
  await settle()
  expect(waiting.error).toEqual(stalled)
  expect(stream.signal.reason).toEqual(stalled)
  await stream.closed
  expect(timers.running.size).toBe(0)
})

test('leaves a slow client that takes something in each period, until it takes nothing', async () => {
  const timers = createManualInterval()
  const stream = createSseStream({ startInterval: timers.startInterval, keepAliveMs: 0 })
  const sends = observe(Promise.all(Array.from({ length: 4 }, () => stream.send({ data }))))
  const reader = stream.readable.getReader()
  for (let n = 0; n < 3; n += 1) {
    await reader.read()
    timers.tick(STALL_MS)
    await settle()
    expect(sends.settled).toBe(false)
  }
  timers.tick(STALL_MS)
  await settle()
  expect(sends.error).toEqual(stalled)
})

test('runs no timer for a client that keeps up, and stops the one of a client that has caught up', async () => {
  const timers = createManualInterval()
  const stream = createSseStream({ startInterval: timers.startInterval, keepAliveMs: 0 })
  await stream.send({ data: 'small' })
  expect(timers.running.size).toBe(0)
  const sending = stream.send({ data })
  expect([...timers.running.values()]).toEqual([STALL_MS])
  const reader = stream.readable.getReader()
  await reader.read()
  await reader.read()
  await sending
  timers.tick(STALL_MS)
  expect(timers.running.size).toBe(0)
  expect(stream.signal.aborted).toBe(false)
  stream.close()
})

test('waits for ever when it is turned off, and refuses a period that no timer can hold', async () => {
  const timers = createManualInterval()
  const { startInterval } = timers
  const stream = createSseStream({ startInterval, keepAliveMs: 0, stallMs: 0 })
  const waiting = observe(stream.send({ data }))
  await settle()
  expect(waiting.settled).toBe(false)
  expect(timers.running.size).toBe(0)
  stream.close()
  for (const stallMs of [-1, Number.NaN, 2 ** 31]) {
    const error = expect.objectContaining({ code: 'invalid-option' })
    expect(() => createSseStream({ startInterval, stallMs })).toThrow(error)
    expect(() =>
      sseResponse(
        endless(() => {}),
        { startInterval, stallMs },
      ),
    ).toThrow(error)
  }
  expect(timers.running.size).toBe(0)
})

test('ends a response that nobody goes on reading, and frees its source', async () => {
  const timers = createManualInterval()
  let freed = 0
  const response = sseResponse(
    endless(() => {
      freed += 1
    }),
    { startInterval: timers.startInterval, stallMs: 5000 },
  )
  const reader = response.body?.getReader()
  await reader?.read()
  await reader?.read()
  timers.tick(5000)
  await settle()
  expect(freed).toBe(0)
  timers.tick(5000)
  await settle()
  expect(freed).toBe(1)
  await expect(reader?.read()).rejects.toEqual(stalled)
  expect(timers.running.size).toBe(0)
})

test('does not take a silent source for a silent client', async () => {
  const timers = createManualInterval()
  const gate = Promise.withResolvers<void>()
  const source = async function* (): AsyncGenerator<SseFrame> {
    yield { data: 'a' }
    await gate.promise
    yield { data: 'b' }
  }
  const reader = sseResponse(source(), {
    startInterval: timers.startInterval,
    keepAliveMs: 0,
  }).body?.getReader()
  await reader?.read()
  const pending = reader?.read()
  await settle()
  for (let n = 0; n < 5; n += 1) timers.tick(STALL_MS)
  expect(timers.running.size).toBe(0)
  gate.resolve()
  const step = await pending
  expect(toText(step?.value ?? new Uint8Array())).toBe('data: b\n\n')
  await reader?.cancel()
  expect(timers.running.size).toBe(0)
})

test('cuts the connection of a Node client that stops reading and stays', async () => {
  const timers = createManualInterval()
  const outcome = Promise.withResolvers<unknown>()
  const parked = Promise.withResolvers<void>()
  const server = createServer(async (_, response) => {
    const stream = createNodeSseStream(response, { startInterval: timers.startInterval })
    try {
      for (;;) {
        const sending = stream.send({ data })
        if (await isHeld(sending)) parked.resolve()
        await sending
      }
    } catch (error) {
      outcome.resolve([error, response.destroyed])
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const request = get({ host: '127.0.0.1', port, agent: false }, (message) => message.pause())
  request.on('error', () => {})
  await parked.promise
  // The first tick may find that something was taken since the wait began.
  timers.tick(STALL_MS)
  timers.tick(STALL_MS)
  expect(await outcome.promise).toEqual([stalled, true])
  expect(timers.running.size).toBe(0)
  request.destroy()
})
