import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createFakeUpstream, type FakeUpstream, type FakeUpstreamOptions } from '@gateway/provider/testing'

/** The strict fake of the providers' APIs on a real socket. */
export interface UpstreamServer extends FakeUpstream {
  /** What the gateway is started with to use it. */
  readonly env: Record<string, string>
  close(): Promise<void>
}

/** Starts it on a free port of this machine. */
export const startUpstream = async (options: FakeUpstreamOptions = {}): Promise<UpstreamServer> => {
  const fake = createFakeUpstream(options)
  const server = createServer((incoming, outgoing) => {
    relay(fake, incoming, outgoing).catch((error: unknown) =>
      outgoing.destroy(error instanceof Error ? error : undefined),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return {
    ...fake,
    requests: fake.requests,
    env: {
      ANTHROPIC_API_KEY: 'test-key',
      ANTHROPIC_BASE_URL: origin,
      OPENAI_API_KEY: 'test-key',
      OPENAI_BASE_URL: `${origin}/v1`,
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const relay = async (
  fake: FakeUpstream,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> => {
  const gone = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort()
  })
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const response = await fake.fetch(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers: incoming.headers as Record<string, string>,
    ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    signal: gone.signal,
  })
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  // A body that errors is a connection that breaks, after what was sent before: the rejection destroys the socket.
  for await (const chunk of response.body ?? []) {
    await new Promise<void>((sent) => outgoing.write(chunk, () => sent()))
  }
  outgoing.end()
}
