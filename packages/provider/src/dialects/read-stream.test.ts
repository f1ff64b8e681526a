import type { SseMessage } from '@gateway/sse'
import { expect, test } from 'vitest'
import type { StreamEvent } from '../types/stream-event.ts'
import type { StreamDecoder } from './dialect.ts'
import { readStream } from './read-stream.ts'

const start: StreamEvent = { type: 'start', id: 'a', model: 'm' }
const text: StreamEvent = { type: 'text-delta', index: 0, text: 'x' }
const finish: StreamEvent = {
  type: 'finish',
  stopReason: 'end-turn',
  usage: { inputTokens: 0, outputTokens: 0 },
}

/** Each message names the events that it is made of; `whole` says what an end gives. */
const createDecoder = (whole: StreamEvent[] = []): StreamDecoder => ({
  take: ({ data }) => [start, text, finish].filter((event) => data.split(' ').includes(event.type)),
  end(fault) {
    if (whole.length > 0) return whole
    throw fault === undefined ? new Error('incomplete') : fault.error
  },
})

/** Messages of a source that notes when it is left; it breaks off at the end where there is a `fault`. */
const createSource = (texts: readonly string[], fault?: Error) => {
  const seen = { left: 0, read: 0 }
  const messages = (async function* (): AsyncGenerator<SseMessage> {
    try {
      for (const data of texts) {
        seen.read += 1
        yield { data, lastEventId: '' }
      }
      if (fault !== undefined) throw fault
    } finally {
      seen.left += 1
    }
  })()
  return { seen, messages }
}

test('reads no further than the finish, and leaves the messages then', async () => {
  const { seen, messages } = createSource(['start', '', 'text-delta finish', 'text-delta'])
  expect(await Array.fromAsync(readStream(messages, createDecoder()))).toEqual([start, text, finish])
  expect(seen).toEqual({ left: 1, read: 3 })
})

test('says that the answer is whole before the reader hears of it', async () => {
  const said: string[] = []
  const { messages } = createSource(['start finish'])
  for await (const event of readStream(messages, createDecoder(), { onFinish: () => said.push('whole') })) {
    said.push(event.type)
  }
  expect(said).toEqual(['start', 'whole', 'finish'])
})

test('tells warnings right after the start, and only there', async () => {
  const warnings = [
    { code: 'unsupported-option', message: 'one' },
    { code: 'unsupported-option', message: 'two' },
  ] as const
  const { messages } = createSource(['start text-delta', 'text-delta finish'])
  const events = await Array.fromAsync(readStream(messages, createDecoder(), { warnings }))
  const told = warnings.map((warning) => ({ type: 'warning', warning }))
  expect(events).toEqual([start, ...told, text, text, finish])
})

test('an abort drops what was read already, and leaves the messages', async () => {
  const controller = new AbortController()
  const { seen, messages } = createSource(['start text-delta finish'])
  const events = readStream(messages, createDecoder(), { signal: controller.signal })
  expect((await events.next()).value).toEqual(start)
  controller.abort('client left')
  await expect(events.next()).rejects.toBe('client left')
  expect(seen.left).toBe(1)
})

test('a break is an error, unless the answer is whole by then', async () => {
  const broken = createSource(['start'], new Error('reset'))
  await expect(Array.fromAsync(readStream(broken.messages, createDecoder()))).rejects.toThrow('reset')
  const ended = createSource(['start'])
  await expect(Array.fromAsync(readStream(ended.messages, createDecoder()))).rejects.toThrow('incomplete')
  const whole = createSource(['start'], new Error('reset'))
  expect(await Array.fromAsync(readStream(whole.messages, createDecoder([finish])))).toEqual([start, finish])
})

test('an error of the decoder leaves the messages, and is thrown as the caller wants it', async () => {
  const { seen, messages } = createSource(['start', 'text-delta'])
  const decoder = createDecoder()
  const failing: StreamDecoder = {
    ...decoder,
    take(message) {
      if (message.data !== 'start') throw new Error('in the stream')
      return decoder.take(message)
    },
  }
  const events = readStream(messages, failing, { toFailure: (error) => `own ${String(error)}` })
  await expect(Array.fromAsync(events)).rejects.toBe('own Error: in the stream')
  expect(seen.left).toBe(1)
})

test('a reader that stops leaves the messages', async () => {
  const { seen, messages } = createSource(['start', 'text-delta', 'finish'])
  for await (const event of readStream(messages, createDecoder())) if (event.type === 'text-delta') break
  expect(seen).toEqual({ left: 1, read: 2 })
})
