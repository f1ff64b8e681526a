import { expect, test } from 'vitest'
import { decodeSse } from './decode.ts'
import { sseResponse } from './response.ts'
import { createCountedSignal, createManualInterval, observe, settle, toText } from './testing/support.ts'
import type { SseFrame } from './types.ts'

const readerOf = (response: Response) => {
  const reader = (response.body ?? new ReadableStream()).getReader()
  return {
    read: async (): Promise<string> => {
      const { value } = await reader.read()
      return value === undefined ? 'end' : toText(value)
    },
    cancel: (reason?: unknown) => reader.cancel(reason),
  }
}

/** Frames on demand, and a note of how far they were read and whether they were freed. */
const createCountedSource = (frames: readonly SseFrame[]) => {
  const seen = { asked: 0, freed: 0 }
  const source: AsyncIterable<SseFrame> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const value = frames[seen.asked]
        seen.asked += 1
        return value === undefined ? { done: true, value } : { done: false, value }
      },
      return: async () => {
        seen.freed += 1
        return { done: true, value: undefined }
      },
    }),
  }
  return { source, seen }
}

const neverEnding = async function* (signal: AbortSignal): AsyncGenerator<SseFrame> {
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

test('answers 200 with the headers of an event stream and the frames', async () => {
  const { source } = createCountedSource([{ data: 'hello' }, { event: 'e', data: 'b', id: '1' }])
  const response = sseResponse(source)
  expect(response.status).toBe(200)
  expect(Object.fromEntries(response.headers)).toEqual({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  })
  expect(await response.text()).toBe(': ping\ndata: hello\n\nid: 1\nevent: e\ndata: b\n\n')
})

test('takes further headers, but none that would contradict the body', () => {
  const { source } = createCountedSource([])
  const response = sseResponse(source, {
    headers: { 'x-request-id': '7', 'content-type': 'text/html', 'cache-control': 'no-store' },
  })
  expect(response.headers.get('x-request-id')).toBe('7')
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(response.headers.get('cache-control')).toBe('no-store')
  for (const name of ['content-encoding', 'Content-Length']) {
    expect(() => sseResponse(source, { headers: { [name]: 'x' } })).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    )
  }
})

test('ends well with a source that sends nothing', async () => {
  const { source } = createCountedSource([])
  expect(await sseResponse(source, { keepAliveMs: 0 }).text()).toBe('')
})

test('reads the source no further than the client reads', async () => {
  const { source, seen } = createCountedSource(Array.from({ length: 100 }, (_, n) => ({ data: `${n}` })))
  const { read, cancel } = readerOf(sseResponse(source))
  await settle()
  expect(seen.asked).toBe(0)
  expect(await read()).toBe(': ping\n')
  for (let n = 0; n < 5; n += 1) expect(await read()).toBe(`data: ${n}\n\n`)
  await settle()
  expect(seen.asked).toBe(5)
  await cancel()
})

test('sends heartbeats while the source is silent, before its first frame too, and at most one unread', async () => {
  const timers = createManualInterval()
  const gate = Promise.withResolvers<void>()
  const response = sseResponse(
    async function* () {
      await gate.promise
      yield { data: 'a' }
      yield { data: 'b' }
    },
    { startInterval: timers.startInterval, retry: 100 },
  )
  expect(timers.running.size).toBe(0)
  const { read } = readerOf(response)
  expect(await read()).toBe(': ping\nretry: 100\n')
  const silent = read()
  await settle()
  timers.tick()
  expect(await silent).toBe(': ping\n')
  timers.tick()
  timers.tick()
  gate.resolve()
  await settle()
  expect(await read()).toBe(': ping\n')
  expect(await read()).toBe('data: a\n\n')
  // Nobody waits for a byte now.
  timers.tick()
  expect(await read()).toBe('data: b\n\n')
  expect(await read()).toBe('end')
  expect(timers.running.size).toBe(0)
})

test('aborts the signal of the source when the client leaves while it is silent', async () => {
  const timers = createManualInterval()
  let signal: AbortSignal | undefined
  let ended = false
  const response = sseResponse(
    async function* (given) {
      signal = given
      try {
        yield* neverEnding(given)
      } finally {
        ended = true
      }
    },
    {
      startInterval: timers.startInterval,
      onError: () => expect.unreachable('a client leaving is no error'),
    },
  )
  const { read, cancel } = readerOf(response)
  await read()
  const pending = read()
  await settle()
  const cause = new Error('socket closed')
  await cancel(cause)
  expect(await pending).toBe('end')
  expect(signal?.reason).toMatchObject({ code: 'closed', cause })
  await settle()
  expect(ended).toBe(true)
  expect(timers.running.size).toBe(0)
})

test('frees an iterable that the client leaves, begun or not', async () => {
  const begun = createCountedSource([{ data: 'a' }, { data: 'b' }])
  const first = readerOf(sseResponse(begun.source, { keepAliveMs: 0 }))
  await first.read()
  await first.cancel()
  expect(begun.seen).toEqual({ asked: 1, freed: 1 })

  const fresh = createCountedSource([{ data: 'a' }])
  await sseResponse(fresh.source).body?.cancel()
  expect(fresh.seen).toEqual({ asked: 0, freed: 1 })

  let called = false
  const unread = sseResponse(() => {
    called = true
    return fresh.source
  })
  await unread.body?.cancel()
  expect(called).toBe(false)
})

test('frees a source that is still being opened when the client leaves', async () => {
  const opening = Promise.withResolvers<AsyncIterable<SseFrame>>()
  const { read, cancel } = readerOf(sseResponse(() => opening.promise, { keepAliveMs: 0 }))
  const pending = read()
  await settle()
  await cancel()
  expect(await pending).toBe('end')
  const { source, seen } = createCountedSource([{ data: 'a' }])
  opening.resolve(source)
  await settle()
  expect(seen).toEqual({ asked: 0, freed: 1 })
})

const failing = async function* (): AsyncGenerator<SseFrame> {
  yield { data: 'a' }
  throw new Error('database password wrong')
}

test('sends the frame that onError makes of a failure as the last one', async () => {
  const timers = createManualInterval()
  const errors: unknown[] = []
  const response = sseResponse(failing(), {
    startInterval: timers.startInterval,
    onError: (error) => {
      errors.push(error)
      return { event: 'error', data: '{"code":"internal"}' }
    },
  })
  expect(await response.text()).toBe(': ping\ndata: a\n\nevent: error\ndata: {"code":"internal"}\n\n')
  expect(errors).toEqual([new Error('database password wrong')])
  expect(timers.running.size).toBe(0)
})

test('breaks the connection when there is no last frame, so that a failure never looks like the end', async () => {
  const heard: unknown[] = []
  const logged = sseResponse(failing(), {
    onError: (error) => {
      heard.push(error)
    },
  })
  await expect(logged.text()).rejects.toThrow('database password wrong')
  expect(heard).toHaveLength(1)
  const { read } = readerOf(sseResponse(failing(), { keepAliveMs: 0 }))
  expect(await read()).toBe('data: a\n\n')
  await expect(read()).rejects.toThrow('database password wrong')
})

test('breaks the connection when onError itself fails or makes a bad frame', async () => {
  const thrown = sseResponse(failing(), {
    onError: () => {
      throw new Error('and again')
    },
  })
  await expect(thrown.text()).rejects.toThrow('and again')
  const bad = sseResponse(failing(), { onError: () => ({ id: 'a\nb' }) })
  await expect(bad.text()).rejects.toMatchObject({ code: 'invalid-field' })
})

test('counts a function that throws and a frame that cannot be encoded as failures of the source', async () => {
  const onError = () => ({ data: 'sorry' })
  const thrown = sseResponse(
    () => {
      throw new Error('no')
    },
    { onError, keepAliveMs: 0 },
  )
  expect(await thrown.text()).toBe('data: sorry\n\n')
  const { source, seen } = createCountedSource([{ id: 'a\0b', data: '' }, { data: 'unread' }])
  expect(await sseResponse(source, { onError, keepAliveMs: 0 }).text()).toBe('data: sorry\n\n')
  expect(seen).toEqual({ asked: 1, freed: 1 })
})

test('frees a source that gives a bad frame, and leaves one alone that has failed by itself', async () => {
  const { source, seen } = createCountedSource([{ id: 'a\0b', data: '' }])
  await expect(sseResponse(source).text()).rejects.toMatchObject({ code: 'invalid-field' })
  expect(seen.freed).toBe(1)
  let freed = 0
  const failed: AsyncIterable<SseFrame> = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.reject(new Error('upstream is gone')),
      return: async () => {
        freed += 1
        return { done: true, value: undefined }
      },
    }),
  }
  await expect(sseResponse(failed).text()).rejects.toThrow('upstream is gone')
  await settle()
  expect(freed).toBe(0)
})

test('ends with the reason of its signal, before and after it has begun', async () => {
  const timers = createManualInterval()
  const controller = new AbortController()
  let given: AbortSignal | undefined
  const response = sseResponse(
    (signal) => {
      given = signal
      return neverEnding(signal)
    },
    { signal: controller.signal, startInterval: timers.startInterval },
  )
  const { read } = readerOf(response)
  await read()
  const pending = observe(read())
  await settle()
  controller.abort('drain')
  await settle()
  expect(pending.error).toBe('drain')
  expect(given?.reason).toBe('drain')
  const late = sseResponse(neverEnding, {
    signal: AbortSignal.abort('before'),
    startInterval: timers.startInterval,
  })
  await expect(late.text()).rejects.toBe('before')
  expect(timers.running.size).toBe(0)
})

test('frees an iterable when its signal aborts before the first frame was asked for', async () => {
  const controller = new AbortController()
  const { source, seen } = createCountedSource([{ data: 'a' }])
  const { read } = readerOf(sseResponse(source, { signal: controller.signal }))
  await read()
  controller.abort('drain')
  await settle()
  expect(seen).toEqual({ asked: 0, freed: 1 })
})

test('leaves no listener on its signal, however it ends', async () => {
  const { signal, listeners } = createCountedSignal()
  const { source } = createCountedSource([{ data: 'a' }])
  const unread = sseResponse(source, { signal })
  expect(listeners()).toBe(0)
  const reader = readerOf(unread)
  await reader.read()
  expect(listeners()).toBe(1)
  await reader.cancel()
  expect(listeners()).toBe(0)
  await sseResponse(source, { signal }).text()
  expect(listeners()).toBe(0)
  await sseResponse(failing(), { signal, onError: () => ({ data: '' }) }).text()
  expect(listeners()).toBe(0)
})

test('skips empty frames rather than stopping at them, and relays what decodeSse yields', async () => {
  const { source } = createCountedSource([{}, { event: '' }, { data: 'a' }])
  expect(await readerOf(sseResponse(source, { keepAliveMs: 0 })).read()).toBe('data: a\n\n')
  const upstream = new Response('id: 1\nevent: e\ndata: a\n\n: c\ndata: b\n\n').body ?? []
  const relayed = sseResponse((signal) => decodeSse(upstream, { signal }), { keepAliveMs: 0 })
  expect(await relayed.text()).toBe('id: 1\nevent: e\ndata: a\n\ndata: b\n\n')
})
