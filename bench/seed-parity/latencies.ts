import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { Message } from '@gateway/provider'
import { createMemoryStore, createSessionManager, type SessionKey } from '@gateway/session'
import { decodeSse, sseResponse } from '@gateway/sse'
import { createNodeSseStream } from '@gateway/sse/node'
import { getTokenizer } from '@gateway/tokenizer'
import { type Latency, latency, summarise } from '../measure.ts'
import { createSession } from './sessions.ts'
import { nextText } from './texts.ts'

/** From the decision to answer with a stream to the first event in the reader's hands, without a network. */
export const webSetup = (): Promise<Latency> =>
  latency(5000, async () => {
    const response = sseResponse(async function* () {
      yield { event: 'message', data: 'x' }
    })
    const messages = decodeSse(response.body ?? [])
    for await (const { data } of messages) if (data === 'x') return
    throw new Error('The event did not arrive.')
  })

/** Over a socket: what the server needs from the request's arrival until its first event is handed to the system. */
export const nodeSetup = async (): Promise<{ server: Latency; client: Latency }> => {
  const setups: number[] = []
  const answer = async (response: ServerResponse) => {
    const start = performance.now()
    const stream = createNodeSseStream(response)
    await stream.send({ event: 'message', data: 'x' })
    setups.push((performance.now() - start) * 1000)
    stream.close()
  }
  const server = createServer((_request, response) => void answer(response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const times = 2000
  const client = await latency(times, async () => {
    const response = await fetch(`http://127.0.0.1:${address.port}/`)
    await response.text()
  })
  server.close()
  server.closeAllConnections()
  return { server: summarise(setups.slice(-times)), client }
}

/** Tokens of one message, of another text each time. */
export const counting = async (model: string, characters: number): Promise<Latency> => {
  const tokenizer = await getTokenizer(model)
  return latency(20_000, () => tokenizer.countMessages([{ role: 'user', content: nextText(characters) }]))
}

/**
 * `get` of sessions with 100 messages each, in turns. Of 100 sessions all stay folded; of more than the manager keeps
 * folded (1000), each is folded from its log again.
 */
export const lookup = async (sessionCount: number): Promise<Latency> => {
  const sessions = createSessionManager<Message>({ store: createMemoryStore() })
  const keys: SessionKey[] = []
  for (let n = 0; n < sessionCount; n += 1) keys.push(await createSession(sessions, 100, 100))
  let n = 0
  return latency(5000, async () => {
    const key = keys[n++ % keys.length]
    const state = key && (await sessions.get(key))
    if (state?.messages.length !== 100) throw new Error('The session is not whole.')
  })
}
