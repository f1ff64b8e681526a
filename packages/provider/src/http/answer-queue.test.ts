import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAnswerQueue } from './answer-queue.ts'

const bytes = (length: number) => new Uint8Array(length)
const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false
  const settle = () => {
    settled = true
  }
  promise.then(settle, settle)
  for (let turn = 0; turn < 10; turn += 1) await undefined
  return settled
}

test('whoever waits for the head gets the first, or hears how the answer ended without one', async () => {
  const queue = createAnswerQueue()
  const taken = queue.takeHead()
  expect(await isSettled(taken)).toBe(false)
  queue.head(200, { a: '1' })
  queue.head(500, {})
  queue.fail(new Error('reset'))
  expect(await taken).toEqual({ status: 200, headers: { a: '1' } })

  const ended = createAnswerQueue()
  ended.end()
  expect(await ended.takeHead()).toBeUndefined()
  const failed = createAnswerQueue()
  failed.fail(new Error('reset'))
  await expect(failed.takeHead()).rejects.toThrow('reset')
})

test('the writer is asked to wait at the mark, and goes on once there is room', async () => {
  const queue = createAnswerQueue(10)
  expect(queue.push(bytes(9))).toBe(true)
  expect(queue.push(bytes(1))).toBe(false)
  const ready = queue.ready()
  expect(await isSettled(ready)).toBe(false)
  await queue.next()
  expect(await isSettled(ready)).toBe(true)
})

test('a waiting reader gets the next chunk at once, and the end', async () => {
  const queue = createAnswerQueue()
  const next = queue.next()
  queue.push(Uint8Array.of(1))
  expect(await next).toEqual(Uint8Array.of(1))
  const last = queue.next()
  queue.end()
  expect(await last).toBeUndefined()
})

test('a failure comes after the bytes before it, an abort at once', async () => {
  const failed = createAnswerQueue()
  failed.push(Uint8Array.of(1))
  failed.fail(new Error('reset'))
  failed.end()
  expect(await failed.next()).toEqual(Uint8Array.of(1))
  await expect(failed.next()).rejects.toThrow('reset')

  const aborted = createAnswerQueue(1)
  aborted.push(Uint8Array.of(1))
  const ready = aborted.ready()
  aborted.abort('enough')
  await ready
  await expect(aborted.next()).rejects.toBe('enough')
})

test('after its end nothing is taken, and nobody is asked to wait', async () => {
  const queue = createAnswerQueue(1)
  queue.end()
  expect(queue.push(bytes(5))).toBe(true)
  await queue.ready()
  expect(await queue.next()).toBeUndefined()
})

test('whoever waits for the end hears of it, or of the time', async () => {
  const queue = createAnswerQueue()
  const ended = queue.untilEnded(60_000)
  expect(await isSettled(ended)).toBe(false)
  queue.end()
  await ended
  await queue.untilEnded(60_000)
  await createAnswerQueue().untilEnded(0)
})

test('a writer that keeps to the mark never has more than it and one chunk waiting, beside the one being read', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 30 }), async (chunks, mark) => {
      const queue = createAnswerQueue(mark)
      let waiting = 0
      const write = async () => {
        for (const size of chunks) {
          waiting += size
          expect(waiting).toBeLessThan(mark + 2 * 20)
          if (!queue.push(bytes(size))) await queue.ready()
        }
        queue.end()
      }
      const read = async () => {
        let total = 0
        for (let chunk = await queue.next(); chunk !== undefined; chunk = await queue.next()) {
          waiting -= chunk.byteLength
          total += chunk.byteLength
        }
        return total
      }
      const [, total] = await Promise.all([write(), read()])
      expect(total).toBe(chunks.reduce((sum, size) => sum + size, 0))
    }),
  )
})
