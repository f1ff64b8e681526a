import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { toSse } from '../dialects/test-support.ts'
import { ask, call, sse } from './test-support.ts'

const chunk = (content: string, finish: string | null = null) =>
  toSse([{ id: 'c1', model: 'gpt-4.1', choices: [{ index: 0, delta: { content }, finish_reason: finish }] }])

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A relayed stream that is open. */
const open = (controller = new AbortController(), heartbeatMs?: number) => {
  const opened = call(ask('openai-chat'), controller.signal, heartbeatMs)
  opened.upstream.sink.head(200, sse)
  return opened
}

test('a silent stream gets a comment between whole events, and only while it is silent', async () => {
  const { client, upstream } = open()
  upstream.send(chunk('a'))
  upstream.send('data: half of an')
  await vi.advanceTimersByTimeAsync(15_000)
  expect(client.text()).toBe(chunk('a'))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(client.text()).toBe(`${chunk('a')}: ping\n`)
  await vi.advanceTimersByTimeAsync(15_000)
  expect(client.text()).toBe(`${chunk('a')}: ping\n: ping\n`)
  upstream.send(' event\n\n')
  expect(client.text()).toBe(`${chunk('a')}: ping\n: ping\ndata: half of an event\n\n`)
  for (let event = 0; event < 10; event += 1) {
    await vi.advanceTimersByTimeAsync(10_000)
    upstream.send(chunk('b'))
  }
  expect(client.text().match(/: ping/g)).toHaveLength(2)
})

test('nothing is sent before the first content, nor into a full buffer, and its period can be set', async () => {
  const { client, upstream } = open(undefined, 3000)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(client.status).toBeUndefined()
  upstream.send(chunk('a'))
  await vi.advanceTimersByTimeAsync(4000)
  expect(client.text()).toBe(`${chunk('a')}: ping\n`)
  client.pause()
  upstream.send(chunk('b'))
  const ready = upstream.sink.ready?.()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(client.text()).toBe(`${chunk('a')}: ping\n${chunk('b')}`)
  client.resume()
  await ready
  await vi.advanceTimersByTimeAsync(4000)
  expect(client.text()).toBe(`${chunk('a')}: ping\n${chunk('b')}: ping\n`)
})

test('no timer outlives its stream', async () => {
  const whole = open()
  whole.upstream.send(chunk('a') + chunk('', 'stop'))
  whole.upstream.sink.end()
  await whole.called
  const broken = open()
  broken.upstream.send(chunk('a'))
  broken.upstream.sink.end()
  await broken.called
  const controller = new AbortController()
  const left = open(controller)
  left.upstream.send(chunk('a') + chunk('', 'stop') + toSse(['[DONE]']))
  controller.abort('gone')
  await expect(left.called).rejects.toBe('gone')
  expect(vi.getTimerCount()).toBe(0)
})
