import { createAgent } from '@gateway/agent'
import { createMock, createProviderManager, type Message } from '@gateway/provider'
import { createMemoryStore, createSessionManager } from '@gateway/session'
import { builtInTool, createToolRegistry } from '@gateway/tool'

const providers = createProviderManager({ providers: [createMock()] })
const sessions = createSessionManager<Message>({ store: createMemoryStore() })
const tools = createToolRegistry()
const calculator = builtInTool('calculator')
if (calculator) tools.register(calculator)

const agent = createAgent({ providers, sessions, tools })

const { key } = await sessions.create({ tenant: 'acme', model: 'mock' })
const started = await agent.startTurn({
  key,
  content: '/tool calculator {"operation":"add","a":5,"b":3}',
})
if (started.status !== 'started') throw new Error(`The turn did not start: ${started.status}`)

// The turn goes on whether or not anybody watches; this is the log, from the turn's first event.
const stop = new AbortController()
for await (const event of sessions.tail(key, { after: started.afterSeq, signal: stop.signal })) {
  if (event.type !== 'delta') console.log(event.seq, event.type)
  if (event.type === 'turn.completed') break
}
stop.abort()

const state = await sessions.get(key)
console.log(state?.messages.at(-1)?.message.content)
