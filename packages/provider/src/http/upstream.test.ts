import { expect, test } from 'vitest'
import { ProviderError } from '../errors.ts'
import type { TransportRequest } from '../types/transport.ts'
import { readBody } from './read-body.ts'
import { createStage } from './test-support.ts'
import { openUpstream } from './upstream.ts'

const request: TransportRequest = { url: 'https://api.test/v1?key=secret', method: 'POST', headers: {} }

const open = (signal?: AbortSignal) => {
  const stage = createStage()
  const opened = openUpstream(stage.transport, request, { provider: 'test', signal })
  return { opened, upstream: stage.latest() }
}

test('settles on the head; the body follows as it comes', async () => {
  const { opened, upstream } = open()
  upstream.sink.head(200, { 'content-type': 'text/plain' })
  const answer = await opened
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/plain' } })
  const read = readBody(answer.body, 100)
  upstream.send('a')
  upstream.send('b')
  upstream.sink.end()
  expect(await read).toEqual({ text: 'ab', isTruncated: false })
})

test('a failure before the head is a network error that names host and code, never the URL', async () => {
  const { opened, upstream } = open()
  const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
  upstream.sink.error(new TypeError('fetch failed', { cause }))
  const error = await opened.catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'network', provider: 'test', retryable: true })
  expect(String(error)).toContain('api.test failed with ECONNREFUSED')
  expect(String(error)).not.toContain('secret')
})

test("a transport's own error is kept, with the provider's name", async () => {
  const { opened, upstream } = open()
  upstream.sink.error(new ProviderError('Too many layers.', { code: 'bad-response', status: 200 }))
  await expect(opened).rejects.toMatchObject({ code: 'bad-response', provider: 'test', status: 200 })
})

test('an end without a head, and a transport that breaks its promise, are network errors', async () => {
  const { opened, upstream } = open()
  upstream.sink.end()
  await expect(opened).rejects.toMatchObject({ code: 'network' })
  const broken = { dispatch: () => Promise.reject(new Error('bug')) }
  await expect(openUpstream(broken, request, { provider: 'test' })).rejects.toMatchObject({ code: 'network' })
})

test('a reset in the body comes after the bytes before it', async () => {
  const { opened, upstream } = open()
  upstream.sink.head(200, {})
  upstream.send('half')
  upstream.sink.error(new Error('reset'))
  const chunks: string[] = []
  const read = async () => {
    for await (const chunk of (await opened).body) chunks.push(new TextDecoder().decode(chunk))
  }
  await expect(read()).rejects.toMatchObject({ code: 'network', provider: 'test' })
  expect(chunks).toEqual(['half'])
})

test('an abort before the head frees the upstream, and its reason is what is thrown', async () => {
  const controller = new AbortController()
  const { opened, upstream } = open(controller.signal)
  const reason = { why: 'client left' }
  controller.abort(reason)
  await expect(opened).rejects.toBe(reason)
  expect(upstream.signal?.reason).toBe(reason)
})

test('an aborted signal sends nothing', async () => {
  const stage = createStage()
  const opened = openUpstream(stage.transport, request, { provider: 'test', signal: AbortSignal.abort('no') })
  await expect(opened).rejects.toBe('no')
  expect(() => stage.latest()).toThrow('Nothing was sent')
})

test('an abort frees an idle upstream at once, read or not', async () => {
  for (const isRead of [true, false]) {
    const controller = new AbortController()
    const { opened, upstream } = open(controller.signal)
    upstream.sink.head(200, {})
    const answer = await opened
    const read = isRead ? readBody(answer.body, 100) : undefined
    controller.abort('enough')
    expect(upstream.signal?.aborted).toBe(true)
    if (read !== undefined) await expect(read).rejects.toBe('enough')
  }
})

test('leaving the body aborts the request, and the rest of it is not kept', async () => {
  const { opened, upstream } = open()
  upstream.sink.head(200, {})
  upstream.send('first')
  for await (const chunk of (await opened).body) {
    expect(chunk.byteLength).toBe(5)
    break
  }
  expect(upstream.signal?.aborted).toBe(true)
})

test('leaving a body whose end is expected waits for it, so that the connection lives on', async () => {
  const { opened, upstream } = open()
  upstream.sink.head(200, {})
  upstream.send('all')
  const answer = await opened
  const left = (async () => {
    for await (const _ of answer.body) {
      answer.expectEnd()
      break
    }
  })()
  for (let turn = 0; turn < 10; turn += 1) await undefined
  upstream.sink.end()
  await left
  expect(upstream.signal?.aborted).toBe(false)
})

test('an end that is expected and never comes is not waited for forever', async () => {
  const { opened, upstream } = open()
  upstream.sink.head(200, {})
  upstream.send('all')
  const answer = await opened
  for await (const _ of answer.body) {
    answer.expectEnd()
    break
  }
  expect(upstream.signal?.aborted).toBe(true)
})

test('nobody listens to the signal once the body was read', async () => {
  const controller = new AbortController()
  const { opened, upstream } = open(controller.signal)
  upstream.sink.head(200, {})
  upstream.sink.end()
  await readBody((await opened).body, 10)
  controller.abort('late')
  expect(upstream.signal?.aborted).toBe(false)
})

test('a body is read up to its limit, and a character that the limit cuts does not hurt', async () => {
  const { opened, upstream } = open()
  upstream.sink.head(200, {})
  upstream.send('ab€')
  upstream.send('never read')
  expect(await readBody((await opened).body, 4)).toEqual({ text: 'ab\uFFFD', isTruncated: true })
  expect(upstream.signal?.aborted).toBe(true)
})
