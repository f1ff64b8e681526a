import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { decodeSse } from './decode.ts'
import { createNodeSseStream, type NodeSseTarget, pipeSse } from './node.ts'
import { createManualInterval, isHeld, observe, settle } from './testing/support.ts'
import type { SseFrame } from './types.ts'

/** A server for one request: what answers it, and the client's side of the answer. */
const serve = async (handler: (response: ServerResponse) => void): Promise<IncomingMessage> => {
  const server = createServer((_, response) => handler(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject)
  })
}

const readAll = async (message: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of message) text += chunk
  return text
}

/** The next piece that arrives. */
const nextChunk = (message: IncomingMessage): Promise<string> =>
  new Promise((resolve) => message.once('data', (chunk) => resolve(String(chunk))))

test('sends the head and a comment at once, then what is sent', async () => {
  let stream: ReturnType<typeof createNodeSseStream> | undefined
  const message = await serve((response) => {
    response.setHeader('access-control-allow-origin', '*')
    const headers = new Headers({ 'x-request-id': '7' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    stream = createNodeSseStream(response, { headers, retry: 500 })
  })
  expect(message.statusCode).toBe(200)
  expect(message.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    'x-request-id': '7',
    'set-cookie': ['a=1', 'b=2'],
    'access-control-allow-origin': '*',
  })
  expect(message.headers).not.toHaveProperty('content-encoding')
  expect(await nextChunk(message)).toBe(': ping\nretry: 500\n\n'.slice(0, -1))
  await stream?.send({ data: 'é', id: '1' })
  await stream?.sendJson('e', { n: 1 })
  await stream?.comment('note')
  stream?.close()
  stream?.close()
  expect(await readAll(message)).toBe('id: 1\ndata: é\n\nevent: e\ndata: {"n":1}\n\n: note\n')
  await expect(stream?.send({ data: 'x' })).rejects.toMatchObject({ code: 'closed' })
})

test('sends the head at once without a heartbeat too, and leaves a head that was sent', async () => {
  let stream: ReturnType<typeof createNodeSseStream> | undefined
  const message = await serve((response) => {
    response.writeHead(206, { 'content-type': 'text/plain' })
    stream = createNodeSseStream(response, { keepAliveMs: 0 })
    response.flushHeaders()
  })
  expect([message.statusCode, message.headers['content-type']]).toEqual([206, 'text/plain'])
  stream?.close()
  const other = await serve((response) => {
    stream = createNodeSseStream(response, { keepAliveMs: 0 })
  })
  expect(other.statusCode).toBe(200)
  stream?.close()
  expect(await readAll(other)).toBe('')
})

test('heartbeats while nothing is sent, and stops its timer with the connection', async () => {
  const timers = createManualInterval()
  const closed = Promise.withResolvers<void>()
  const message = await serve((response) => {
    const stream = createNodeSseStream(response, { startInterval: timers.startInterval })
    stream.closed.then(closed.resolve)
  })
  expect(await nextChunk(message)).toBe(': ping\n')
  timers.tick()
  expect(await nextChunk(message)).toBe(': ping\n')
  message.destroy()
  await closed.promise
  expect(timers.running.size).toBe(0)
})

test('a client that never reads parks the sender, and its leaving sets it free', async () => {
  const outcome = Promise.withResolvers<unknown>()
  let sent = 0
  let held = 0
  let stream: ReturnType<typeof createNodeSseStream> | undefined
  const parked = Promise.withResolvers<void>()
  const message = await serve(async (response) => {
    stream = createNodeSseStream(response)
    const data = 'x'.repeat(10_000)
    try {
      for (;;) {
        const sending = stream.send({ data })
        if (await isHeld(sending)) parked.resolve()
        held = Math.max(held, response.writableLength)
        await sending
        sent += 1
      }
    } catch (error) {
      outcome.resolve(error)
    }
  })
  message.pause()
  await parked.promise
  message.destroy()
  expect(await outcome.promise).toMatchObject({ code: 'closed' })
  expect(stream?.signal.aborted).toBe(true)
  expect(sent).toBeGreaterThan(0)
  // It waits as soon as 16 KiB do.
  expect(held).toBeGreaterThan(16 * 1024)
  expect(held).toBeLessThan(16 * 1024 + 10_500)
})

test('cuts the connection when sends that nobody awaits pass the cap', async () => {
  const outcome = Promise.withResolvers<unknown>()
  const message = await serve((response) => {
    const stream = createNodeSseStream(response, { maxQueuedBytes: 100_000 })
    const sends = Array.from({ length: 50 }, () => stream.send({ data: 'x'.repeat(10_000) }))
    Promise.allSettled(sends).then((results) =>
      outcome.resolve([results, response.destroyed, stream.signal.reason]),
    )
  })
  message.on('error', () => {})
  const [results, destroyed, reason] = (await outcome.promise) as [
    PromiseSettledResult<void>[],
    boolean,
    unknown,
  ]
  expect(results.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'overflow' } })
  expect(destroyed).toBe(true)
  expect(reason).toMatchObject({ code: 'overflow' })
})

test('ends a stream on a response that is over already', async () => {
  const outcome = Promise.withResolvers<unknown>()
  const timers = createManualInterval()
  const message = await serve((response) => {
    response.end('x'.repeat(1_000_000))
    const stream = createNodeSseStream(response, { startInterval: timers.startInterval })
    stream.send({ data: 'x' }).catch(outcome.resolve)
  })
  expect(await outcome.promise).toMatchObject({ code: 'closed' })
  expect(timers.running.size).toBe(0)
  expect((await readAll(message)).length).toBe(1_000_000)
})

test('cuts the connection with the reason of its signal', async () => {
  const controller = new AbortController()
  const outcome = Promise.withResolvers<unknown>()
  const message = await serve((response) => {
    const stream = createNodeSseStream(response, { signal: controller.signal })
    stream.closed.then(() => outcome.resolve(stream.signal.reason))
  })
  controller.abort('drain')
  expect(await outcome.promise).toBe('drain')
  await expect(readAll(message)).rejects.toThrow('aborted')
})

test('pipes a source of frames, and says when all are handed over', async () => {
  const done = Promise.withResolvers<void>()
  const message = await serve((response) => {
    const frames = async function* (): AsyncGenerator<SseFrame> {
      for (let n = 0; n < 1000; n += 1) yield { id: `${n}`, data: 'x'.repeat(1000) }
    }
    pipeSse(frames, response).then(done.resolve, done.reject)
  })
  const ids = (await Array.fromAsync(decodeSse(message))).map(({ id }) => Number(id))
  expect(ids).toEqual(Array.from({ length: 1000 }, (_, n) => n))
  await done.promise
})

test('aborts the signal of a silent source when the client leaves, and that is no error', async () => {
  const done = Promise.withResolvers<unknown>()
  const message = await serve((response) => {
    let ended = 'not freed'
    const frames = async function* (signal: AbortSignal): AsyncGenerator<SseFrame> {
      yield { data: 'a' }
      try {
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      } finally {
        ended = 'freed'
      }
    }
    const onError = () => expect.unreachable('a client leaving is no error')
    pipeSse(frames, response, { onError }).then(() => done.resolve(ended), done.reject)
  })
  await nextChunk(message)
  message.destroy()
  expect(await done.promise).toBe('freed')
})

test('sends the frame that onError makes of a failure, or cuts the connection and rejects', async () => {
  const failing = async function* (): AsyncGenerator<SseFrame> {
    yield { data: 'a' }
    throw new Error('boom')
  }
  const message = await serve((response) => {
    pipeSse(failing(), response, { onError: () => ({ event: 'error', data: '' }) })
  })
  expect(await readAll(message)).toBe(': ping\ndata: a\n\nevent: error\ndata: \n\n')

  const outcome = Promise.withResolvers<unknown>()
  const cut = await serve((response) => {
    pipeSse(failing(), response).catch(outcome.resolve)
  })
  await expect(readAll(cut)).rejects.toThrow('aborted')
  expect(await outcome.promise).toEqual(new Error('boom'))
})

test('refuses bad options before it sends anything, so that the caller can still answer', async () => {
  const message = await serve((response) => {
    try {
      createNodeSseStream(response, { keepAliveMs: -1 })
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error))
    }
  })
  expect(message.statusCode).toBe(500)
  expect(await readAll(message)).toContain('keepAliveMs must be between')
})

test('takes an event above the cap in the very tick in which the stream begins', async () => {
  const message = await serve(async (response) => {
    const stream = createNodeSseStream(response, { maxQueuedBytes: 100 })
    await stream.send({ data: 'x'.repeat(1_000_000) })
    stream.close()
  })
  expect((await readAll(message)).length).toBe(1_000_015)
})

test('frees a source whose frame cannot be sent, whether the stream then ends well or not', async () => {
  for (const last of [{ data: 'sorry' }, undefined]) {
    const freed = Promise.withResolvers<void>()
    const outcome = Promise.withResolvers<unknown>()
    const message = await serve((response) => {
      const source = async function* (): AsyncGenerator<SseFrame> {
        try {
          yield { id: 'a\nb' }
        } finally {
          freed.resolve()
        }
      }
      pipeSse(source(), response, { onError: () => last }).then(
        () => outcome.resolve('sent'),
        outcome.resolve,
      )
    })
    message.on('error', () => {})
    await freed.promise
    expect(await outcome.promise).toEqual(last ? 'sent' : expect.objectContaining({ code: 'invalid-field' }))
  }
})

test('rejects with the reason of its signal while the source is silent', async () => {
  const controller = new AbortController()
  const outcome = Promise.withResolvers<unknown>()
  const message = await serve((response) => {
    const silent = async function* (): AsyncGenerator<SseFrame> {
      await new Promise(() => {})
    }
    pipeSse(silent(), response, { signal: controller.signal }).catch(outcome.resolve)
  })
  message.on('error', () => {})
  controller.abort('drain')
  expect(await outcome.promise).toBe('drain')
})

test('lets senders go when less than 16 KiB wait, not when anything is taken', async () => {
  const written: (() => void)[] = []
  const target: NodeSseTarget = {
    headersSent: true,
    destroyed: false,
    writableEnded: false,
    setHeader: () => {},
    flushHeaders: () => {},
    write: (_, taken) => written.push(taken),
    end: () => {},
    destroy: () => {},
    on: () => {},
  }
  const stream = createNodeSseStream(target, { keepAliveMs: 0, stallMs: 0 })
  const sends = [1, 2].map(() => observe(stream.send({ data: 'x'.repeat(20_000) })))
  await settle()
  written.shift()?.()
  await settle()
  expect(sends.map(({ settled }) => settled)).toEqual([false, false])
  written.shift()?.()
  await settle()
  expect(sends.map(({ settled }) => settled)).toEqual([true, true])
  expect(written).toEqual([])
})
