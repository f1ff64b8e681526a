/** `@gateway/sse/node` as it is built, on every runtime with `node:http`. */
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import { decodeSse, type SseFrame } from '@gateway/sse'
import { createNodeSseStream, pipeSse } from '@gateway/sse/node'
import { assertEqual, type PortableTests } from 'gateway-tooling/portable'

/** Serves one request, and hands the client's side of the answer to `read`. */
const exchange = async <T>(
  handler: (response: ServerResponse) => void,
  read: (message: IncomingMessage) => Promise<T>,
): Promise<T> => {
  const server = createServer((_, response) => handler(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  try {
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: '127.0.0.1', port: address.port, agent: false }, resolve).on('error', reject)
    })
    return await read(message)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const firstChunk = (message: IncomingMessage): Promise<string> =>
  new Promise((resolve) => message.once('data', (chunk) => resolve(String(chunk))))

export const tests: PortableTests = {
  'createNodeSseStream: sends the head and events': async () => {
    const heard = await exchange(
      async (response) => {
        const stream = createNodeSseStream(response, { retry: 5 })
        await stream.send({ id: '1', data: 'é' })
        await stream.sendJson('e', { n: 1 })
        stream.close()
      },
      async (message) => {
        assertEqual(message.headers['content-type'], 'text/event-stream; charset=utf-8')
        return Array.fromAsync(decodeSse(message))
      },
    )
    assertEqual(heard, [
      { data: 'é', id: '1', lastEventId: '1' },
      { event: 'e', data: '{"n":1}', lastEventId: '1' },
    ])
  },
  'createNodeSseStream: hears that its client has left': async () => {
    const left = Promise.withResolvers<unknown>()
    await exchange(
      async (response) => {
        const stream = createNodeSseStream(response)
        await stream.closed
        left.resolve(stream.signal.aborted)
      },
      async (message) => {
        message.on('error', () => {})
        assertEqual(await firstChunk(message), ': ping\n')
        message.destroy()
        assertEqual(await left.promise, true)
      },
    )
  },
  'pipeSse: sends all frames of a source': async () => {
    const done = Promise.withResolvers<void>()
    const frames = async function* (): AsyncGenerator<SseFrame> {
      for (let n = 0; n < 500; n += 1) yield { id: `${n}`, data: 'x'.repeat(1000) }
    }
    const ids = await exchange(
      (response) => {
        pipeSse(frames, response).then(done.resolve, done.reject)
      },
      async (message) => (await Array.fromAsync(decodeSse(message))).map(({ id }) => Number(id)),
    )
    await done.promise
    assertEqual(
      ids,
      Array.from({ length: 500 }, (_, n) => n),
    )
  },
}
