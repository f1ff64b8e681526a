import { createServer } from 'node:http'
import { decodeSse } from '@gateway/sse'
import { createNodeSseStream } from '@gateway/sse/node'

const server = createServer(async (_, response) => {
  const stream = createNodeSseStream(response, { keepAliveMs: 5000 })
  for (let percent = 0; percent <= 100 && !stream.signal.aborted; percent += 50) {
    // Waits for a slow client; rejects when the client has left.
    await stream.sendJson('progress', { percent })
  }
  stream.close()
})

server.listen(0, '127.0.0.1', async () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const response = await fetch(`http://127.0.0.1:${address.port}/`)
  for await (const { event, data } of decodeSse(response.body ?? [])) console.log(event, data)
  server.close()
})
