import { expect, test } from 'vitest'
import { decodeSse } from './decode.ts'
import { createCountedSignal, everyCut, observe, settle, toBytes, toStream } from './testing/support.ts'
import type { SseByteSource, SseMessage } from './types.ts'

const collect = async (source: AsyncIterable<SseMessage>): Promise<string[]> => {
  const data: string[] = []
  for await (const message of source) data.push(message.data)
  return data
}

/** A byte stream that notes what becomes of it, and stays silent after its chunks. */
const createSilentStream = (...chunks: string[]) => {
  const seen = { cancelled: undefined as unknown, cancels: 0, pulls: 0 }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        seen.pulls += 1
        const chunk = chunks.shift()
        if (chunk !== undefined) controller.enqueue(toBytes(chunk))
      },
      cancel: (reason) => {
        seen.cancelled = reason
        seen.cancels += 1
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, seen }
}

test('decodes streams, async iterables and iterables alike, cut anywhere', async () => {
  const bytes = toBytes('id: 7\nevent: e\ndata: é€😀\n\ndata: b\n\n')
  const expected = [
    { event: 'e', data: 'é€😀', id: '7', lastEventId: '7' },
    { event: undefined, data: 'b', id: undefined, lastEventId: '7' },
  ]
  for (const pieces of everyCut(bytes)) {
    const sources: SseByteSource[] = [
      pieces,
      toStream(pieces),
      (async function* () {
        yield* pieces
      })(),
    ]
    for (const source of sources) expect(await Array.fromAsync(decodeSse(source))).toEqual(expected)
  }
})

test('passes comments and retry to their callbacks, and delivers what is incomplete when asked to', async () => {
  const heard: unknown[] = []
  const source = [toBytes(': hi\nretry: 5\ndata: a\n\ndata: b')]
  const decoded = decodeSse(source, {
    onComment: (text) => heard.push(text),
    onRetry: (milliseconds) => heard.push(milliseconds),
    incomplete: 'deliver',
  })
  expect(await collect(decoded)).toEqual(['a', 'b'])
  expect(heard).toEqual(['hi', 5])
})

test('reads the next chunk only when the events of the last one are taken', async () => {
  const { stream, seen } = createSilentStream('data: a\n\ndata: b\n\n', 'data: c\n\n')
  const iterator = decodeSse(stream)[Symbol.asyncIterator]()
  expect(seen.pulls).toBe(0)
  await iterator.next()
  await iterator.next()
  expect(seen.pulls).toBe(1)
  await iterator.next()
  expect(seen.pulls).toBe(2)
})

test('answers several calls of next in order', async () => {
  const iterator = decodeSse(toStream(['data: a\n', '\n', 'data: b\n\n'].map(toBytes)))[
    Symbol.asyncIterator
  ]()
  const results = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()])
  expect(results.map((result) => result.value?.data)).toEqual(['a', 'b', undefined, undefined])
})

test('abort while a stream is silent cancels it at once and throws the reason untouched', async () => {
  const { stream, seen } = createSilentStream('data: a\n\n')
  const controller = new AbortController()
  const iterator = decodeSse(stream, { signal: controller.signal })[Symbol.asyncIterator]()
  await iterator.next()
  const pending = observe(iterator.next())
  await settle()
  expect(pending.settled).toBe(false)
  const reason = new Error('enough')
  controller.abort(reason)
  expect(seen.cancelled).toBe(reason)
  await settle()
  expect(pending.error).toBe(reason)
  expect(await iterator.next()).toEqual({ done: true, value: undefined })
})

test('abort while an async iterable is silent does not wait for it', async () => {
  const freed: string[] = []
  const hanging = (async function* () {
    try {
      yield toBytes('data: a\n\n')
      await new Promise(() => {})
    } finally {
      freed.push('never reached: return() waits behind next()')
    }
  })()
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () => hanging.next(),
      return: async () => {
        freed.push('return')
        return { done: true as const, value: undefined }
      },
    }),
  }
  const controller = new AbortController()
  const iterator = decodeSse(source, { signal: controller.signal })[Symbol.asyncIterator]()
  await iterator.next()
  const pending = observe(iterator.next())
  controller.abort('stop')
  await settle()
  expect(pending.error).toBe('stop')
  expect(freed).toEqual(['return'])
})

test('abort frees a source that nobody has begun to read', async () => {
  const { stream, seen } = createSilentStream()
  const controller = new AbortController()
  const decoded = decodeSse(stream, { signal: controller.signal })
  controller.abort('stop')
  expect(seen.cancelled).toBe('stop')
  await expect(collect(decoded)).rejects.toBe('stop')

  const late = createSilentStream()
  await expect(collect(decodeSse(late.stream, { signal: AbortSignal.abort('before') }))).rejects.toBe(
    'before',
  )
  expect(late.seen.cancelled).toBe('before')
})

test('abort drops events that wait, so that a cut stream does not look whole', async () => {
  const controller = new AbortController()
  const iterator = decodeSse([toBytes('data: a\n\ndata: b\n\n')], { signal: controller.signal })[
    Symbol.asyncIterator
  ]()
  expect((await iterator.next()).value?.data).toBe('a')
  controller.abort('stop')
  await expect(iterator.next()).rejects.toBe('stop')
})

test('abort does not wait for a source that hangs or fails while it is freed', async () => {
  const stream = new ReadableStream<Uint8Array>({ cancel: () => Promise.reject(new Error('broken')) })
  const controller = new AbortController()
  const result = observe(collect(decodeSse(stream, { signal: controller.signal })))
  controller.abort('stop')
  await settle()
  expect(result.error).toBe('stop')
})

test('leaves no listener on the signal after the end, an error or a return', async () => {
  const { signal, listeners } = createCountedSignal()
  await collect(decodeSse([toBytes('data: a\n\n')], { signal }))
  expect(listeners()).toBe(0)
  const stream = decodeSse(toStream([toBytes('data: a\n\n')]), { signal })
  expect(listeners()).toBe(1)
  await collect(stream)
  expect(listeners()).toBe(0)
  for await (const _ of decodeSse(createSilentStream('data: a\n\n').stream, { signal })) break
  expect(listeners()).toBe(0)
  const failing = new ReadableStream<Uint8Array>({
    start: (controller) => controller.error(new Error('reset')),
  })
  await expect(collect(decodeSse(failing, { signal }))).rejects.toThrow('reset')
  expect(listeners()).toBe(0)
})

test('leaving the loop cancels the source', async () => {
  const { stream, seen } = createSilentStream('data: a\n\ndata: b\n\n')
  for await (const { data } of decodeSse(stream)) {
    expect(data).toBe('a')
    break
  }
  expect(seen.cancels).toBe(1)

  const finished: string[] = []
  const source = (function* () {
    try {
      yield toBytes('data: a\n\n')
      yield toBytes('data: b\n\n')
    } finally {
      finished.push('finally')
    }
  })()
  for await (const _ of decodeSse(source)) break
  expect(finished).toEqual(['finally'])
})

test('return answers at once while a read is pending', async () => {
  const { stream } = createSilentStream()
  const iterator = decodeSse(stream)[Symbol.asyncIterator]()
  const pending = iterator.next()
  expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
  expect(await pending).toEqual({ done: true, value: undefined })
})

test('hands on an error of the source after the events before it', async () => {
  const reset = new Error('reset')
  const source = (async function* () {
    yield toBytes('data: a\n\ndata: b')
    throw reset
  })()
  const iterator = decodeSse(source, { incomplete: 'deliver' })[Symbol.asyncIterator]()
  expect((await iterator.next()).value?.data).toBe('a')
  await expect(iterator.next()).rejects.toBe(reset)
  expect((await iterator.next()).done).toBe(true)
})

test('a crossed limit frees the source, and comes after the events before it', async () => {
  const { stream, seen } = createSilentStream('data: a\n\ndata: 123456789\n\n')
  const iterator = decodeSse(stream, { maxLineLength: 10 })[Symbol.asyncIterator]()
  expect((await iterator.next()).value?.data).toBe('a')
  await expect(iterator.next()).rejects.toMatchObject({ code: 'line-too-long' })
  expect(seen.cancelled).toMatchObject({ code: 'line-too-long' })
})
