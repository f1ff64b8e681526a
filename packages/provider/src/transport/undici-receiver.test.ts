import { expect, test } from 'vitest'
import type { TransportSink } from '../types/transport.ts'
import { resolveBodyLimits } from './body-limits.ts'
import { createReceiver } from './undici-receiver.ts'

const broken = new Error('reset')

/** A receiver of an answer that has begun, and what it tells, in order. */
const begin = (over: Partial<TransportSink> = {}) => {
  const told: unknown[] = []
  const connection: string[] = []
  const controller = { pause: () => connection.push('pause'), resume: () => connection.push('resume') }
  const sink: TransportSink = {
    head: () => {},
    data: (bytes) => told.push(new TextDecoder().decode(bytes)) > 0,
    end: () => {},
    error: () => {},
    ...over,
  }
  const { handler, stop } = createReceiver('upstream', sink, resolveBodyLimits({}), {
    onStart: () => {},
    onBegin: () => {},
    onComplete: () => told.push('complete'),
    onEnd: () => told.push('end'),
    onFault: (error) => told.push(error),
    onThrow: (error) => told.push(error),
  })
  handler.onResponseStart(controller, 200, {})
  const read = (...chunks: string[]) => {
    for (const chunk of chunks) handler.onResponseData(controller, new TextEncoder().encode(chunk))
  }
  return {
    told,
    connection,
    read,
    stop,
    end: handler.onResponseEnd,
    fail: () => handler.onResponseError(controller, broken),
  }
}

/** A sink that asks for a pause after each piece. */
const pausing = () => {
  let waiting = Promise.withResolvers<void>()
  const pieces: string[] = []
  const sink: Partial<TransportSink> = {
    data(bytes) {
      pieces.push(new TextDecoder().decode(bytes))
      waiting = Promise.withResolvers()
      return false
    },
    ready: () => waiting.promise,
  }
  return { sink, pieces, resume: () => waiting.resolve() }
}

/** Before any timer, any input and any `setImmediate`. */
const withinTheTurn = () => new Promise<void>((resolve) => queueMicrotask(resolve))

test('the chunks of one read are one piece, within the same turn', async () => {
  const { told, read } = begin()
  read('one ', 'two ', 'three')
  expect(told).toEqual([])
  await withinTheTurn()
  expect(told).toEqual(['one two three'])
  read('four')
  await withinTheTurn()
  expect(told).toEqual(['one two three', 'four'])
})

test('an end comes behind what was read with it, and nothing comes twice', async () => {
  const { told, read, end } = begin()
  read('one ', 'two')
  end()
  await withinTheTurn()
  expect(told).toEqual(['complete', 'one two', 'end'])
})

test('what was read before a break is handed on before it', async () => {
  const { told, read, fail } = begin()
  read('one ', 'two')
  fail()
  await withinTheTurn()
  expect(told).toEqual(['one two', broken])
})

test('while the sink waits nothing is handed on, and then all of it is', async () => {
  const { sink, pieces, resume } = pausing()
  const { told, connection, read, end } = begin(sink)
  read('one ', 'two')
  await withinTheTurn()
  // undici stops at the next chunk, which it has handed out then.
  read('three')
  end()
  await withinTheTurn()
  expect([pieces, told]).toEqual([['one two'], ['complete']])
  resume()
  await new Promise((resolve) => setImmediate(resolve))
  expect([pieces, told]).toEqual([['one two', 'three'], ['complete']])
  resume()
  await new Promise((resolve) => setImmediate(resolve))
  expect(told).toEqual(['complete', 'end'])
  // The connection may carry another answer by now.
  expect(connection).toEqual(['pause'])
})

test('a connection is read on once the sink is ready', async () => {
  const { sink, resume } = pausing()
  const { connection, read } = begin(sink)
  read('one')
  await withinTheTurn()
  resume()
  await new Promise((resolve) => setImmediate(resolve))
  expect(connection).toEqual(['pause', 'resume'])
})

test('a break while the sink waits loses nothing', async () => {
  const { sink, pieces } = pausing()
  const { told, read, fail } = begin(sink)
  read('one')
  await withinTheTurn()
  read('two')
  fail()
  expect([pieces, told]).toEqual([['one', 'two'], [broken]])
})

test('nothing is handed on once it was stopped', async () => {
  const { told, read, stop } = begin()
  read('one')
  stop()
  await withinTheTurn()
  expect(told).toEqual([])
})
