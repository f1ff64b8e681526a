import { once } from 'node:events'
import { createServer } from 'node:http'
import { createAgent } from '@gateway/agent'
import { createOpenAI, createProviderManager, type Message } from '@gateway/provider'
import { createMemoryStore, createSessionManager } from '@gateway/session'
import { createToolRegistry } from '@gateway/tool'
import { quantile, report } from '../measure.ts'

// How long after `cancel` the upstream sees its connection go, and how long until the turn's end is in the log.
const chunk = (content: string) =>
  `data: ${JSON.stringify({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`

let closedAt = Promise.withResolvers<number>()
const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(chunk('Hello'))
  response.once('close', () => closedAt.resolve(performance.now()))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' ? address?.port : undefined

const provider = createOpenAI({ apiKey: 'none', baseURL: `http://127.0.0.1:${port}/v1` })
const sessions = createSessionManager<Message>({ store: createMemoryStore() })
const agent = createAgent({
  providers: createProviderManager({ providers: [provider] }),
  sessions,
  tools: createToolRegistry(),
})

const aborted: number[] = []
const ended: number[] = []
for (let n = 0; n < 1000; n += 1) {
  closedAt = Promise.withResolvers<number>()
  const { key } = await sessions.create({ tenant: 'bench', model: 'gpt-4o' })
  const turn = await agent.startTurn({ key, content: 'go' })
  if (turn.status !== 'started') throw new Error(turn.status)
  const stop = new AbortController()
  for await (const event of sessions.tail(key, { after: 0, signal: stop.signal }))
    if (event.type === 'delta') break
  stop.abort()
  const start = performance.now()
  await agent.cancel(key, turn.turnId)
  ended.push(performance.now() - start)
  aborted.push((await closedAt.promise) - start)
}
server.close()
server.closeAllConnections()

const ms = (value: number) => `${value.toFixed(2)} ms`
// What a garbage collection or another process took of the machine is in the last percent.
const row = (what: string, values: readonly number[], share: number) => {
  const value = quantile(values, share)
  return { what, limit: '≤ 100 ms', measured: ms(value), holds: value <= 100 }
}
report([
  row('cancel → upstream aborted, median of 1000', aborted, 0.5),
  row('cancel → upstream aborted, 99th percentile', aborted, 0.99),
  { what: 'cancel → upstream aborted, slowest', measured: ms(quantile(aborted, 1)) },
  row('cancel → turn ended in the log, median', ended, 0.5),
])
