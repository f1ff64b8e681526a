import { expect, test } from 'vitest'
import type { TransportRequest, TransportSink } from '../types/transport.ts'
import { createFetchTransport } from './fetch-transport.ts'

const request: TransportRequest = {
  url: 'https://upstream.test/v1/x?key=secret',
  method: 'POST',
  headers: { authorization: 'Bearer k', 'Accept-Encoding': 'gzip' },
  body: '{"a":1}',
}

/** Writes down what a transport does to it. */
const recorder = (overrides: Partial<TransportSink> = {}) => {
  const calls: unknown[] = []
  const sink: TransportSink = {
    head: (status, headers) => void calls.push(['head', status, headers]),
    data: (bytes) => {
      calls.push(['data', new TextDecoder().decode(bytes)])
      return true
    },
    end: () => void calls.push(['end']),
    error: (error) => void calls.push(['error', error]),
    ...overrides,
  }
  return { calls, sink }
}

/** A body whose chunks the test hands out one by one. */
const manualBody = () => {
  const state: { pulls: number; cancelled?: unknown } = { pulls: 0 }
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>(
    {
      start: (c) => {
        controller = c
      },
      pull: () => {
        state.pulls += 1
      },
      cancel: (reason) => {
        state.cancelled = reason
      },
    },
    { highWaterMark: 0 },
  )
  return {
    body,
    state,
    write: (text: string) => controller?.enqueue(new TextEncoder().encode(text)),
    close: () => controller?.close(),
    fail: (error: unknown) => controller?.error(error),
  }
}

/** Lets everything that is already due run. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

test('hands on head, data and end in order and sends the request as it is', async () => {
  const sent: { url: string; init: RequestInit | undefined }[] = []
  const transport = createFetchTransport({
    fetch: async (url, init) => {
      sent.push({ url: String(url), init })
      return new Response('hello', { status: 201, headers: { 'X-Request-Id': 'req_1' } })
    },
  })
  const { calls, sink } = recorder()
  await transport.dispatch(request, sink)
  expect(calls).toEqual([
    ['head', 201, expect.objectContaining({ 'x-request-id': 'req_1' })],
    ['data', 'hello'],
    ['end'],
  ])
  expect(sent[0]?.url).toBe(request.url)
  expect(sent[0]?.init).toMatchObject({ method: 'POST', redirect: 'manual', body: '{"a":1}' })
  expect(Object.fromEntries(new Headers(sent[0]?.init?.headers))).toEqual({
    authorization: 'Bearer k',
    'accept-encoding': 'identity',
  })
})

test('an error status and a redirect are handed on as they are, and an empty body ends', async () => {
  for (const status of [302, 429, 204]) {
    const transport = createFetchTransport({
      fetch: async () => new Response(null, { status, headers: { location: 'https://elsewhere.test' } }),
    })
    const { calls, sink } = recorder()
    await transport.dispatch(request, sink)
    expect(calls).toEqual([['head', status, { location: 'https://elsewhere.test' }], ['end']])
  }
})

test('a body that fetch has decoded does not claim to be encoded', async () => {
  const headers = { 'content-encoding': 'gzip', 'content-length': '4', 'content-type': 'text/plain' }
  const transport = createFetchTransport({ fetch: async () => new Response('text', { headers }) })
  const { calls, sink } = recorder()
  await transport.dispatch(request, sink)
  expect(calls[0]).toEqual(['head', 200, { 'content-type': 'text/plain' }])
})

test('reads no further while the sink asks for a pause', async () => {
  const upstream = manualBody()
  let go = () => {}
  const ready = new Promise<void>((resolve) => {
    go = resolve
  })
  const { calls, sink } = recorder({ ready: () => ready, data: () => false })
  const done = createFetchTransport({ fetch: async () => new Response(upstream.body) }).dispatch(
    request,
    sink,
  )
  await settle()
  upstream.write('one')
  await settle()
  expect(upstream.state.pulls).toBe(1)
  go()
  await settle()
  expect(upstream.state.pulls).toBe(2)
  upstream.close()
  await done
  expect(calls.at(-1)).toEqual(['end'])
})

test('an abort while the body is idle cancels it and is handed on untouched', async () => {
  const upstream = manualBody()
  const controller = new AbortController()
  const reason = { because: 'client left' }
  const { calls, sink } = recorder()
  const transport = createFetchTransport({ fetch: async () => new Response(upstream.body) })
  const done = transport.dispatch(request, sink, controller.signal)
  upstream.write('one')
  await settle()
  controller.abort(reason)
  await done
  expect(upstream.state.cancelled).toBe(reason)
  expect(calls.slice(1)).toEqual([
    ['data', 'one'],
    ['error', reason],
  ])
})

test('an abort while the sink is pausing ends the wait', async () => {
  const upstream = manualBody()
  const controller = new AbortController()
  const { calls, sink } = recorder({ data: () => false, ready: () => new Promise(() => {}) })
  const transport = createFetchTransport({ fetch: async () => new Response(upstream.body) })
  const done = transport.dispatch(request, sink, controller.signal)
  upstream.write('one')
  await settle()
  controller.abort('enough')
  await done
  expect(calls.at(-1)).toEqual(['error', 'enough'])
  expect(upstream.state.cancelled).toBe('enough')
})

test('a signal that is aborted already sends nothing', async () => {
  let sent = 0
  const transport = createFetchTransport({
    fetch: async () => {
      sent += 1
      return new Response('x')
    },
  })
  const { calls, sink } = recorder()
  await transport.dispatch(request, sink, AbortSignal.abort('early'))
  expect(calls).toEqual([['error', 'early']])
  expect(sent).toBe(0)
})

test('no answer and a broken answer are network errors that name the host and nothing secret', async () => {
  const refused = new TypeError('fetch failed')
  const none = recorder()
  const failing = createFetchTransport({ fetch: async () => Promise.reject(refused) })
  await failing.dispatch(request, none.sink)
  expect(none.calls).toEqual([['error', expect.objectContaining({ code: 'network', cause: refused })]])
  expect(String(none.calls[0])).toContain('upstream.test')
  expect(String(none.calls[0])).not.toContain('secret')

  const upstream = manualBody()
  const broken = recorder()
  const transport = createFetchTransport({ fetch: async () => new Response(upstream.body) })
  const done = transport.dispatch(request, broken.sink)
  upstream.write('half')
  await settle()
  upstream.fail(new Error('ECONNRESET'))
  await done
  expect(broken.calls.slice(1)).toEqual([
    ['data', 'half'],
    ['error', expect.objectContaining({ code: 'network' })],
  ])
})

test('what the sink throws rejects, and the body is let go', async () => {
  const upstream = manualBody()
  const { sink } = recorder({
    data: () => {
      throw new Error('sink is broken')
    },
  })
  const transport = createFetchTransport({ fetch: async () => new Response(upstream.body) })
  const done = transport.dispatch(request, sink)
  upstream.write('one')
  await expect(done).rejects.toThrow('sink is broken')
  expect(Object.keys(upstream.state)).toContain('cancelled')
})
