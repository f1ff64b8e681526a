import { createOpenAI, type Message, type Transport } from '@gateway/provider'
import { createMemoryStore, createSessionManager } from '@gateway/session'
import { sseResponse } from '@gateway/sse'
import { getTokenizer } from '@gateway/tokenizer'
import { createToolRegistry, defineTool } from '@gateway/tool'
import { bytesEach, microseconds, report } from '../measure.ts'

// What the seed's document claims of itself, measured on this code.
const sentence =
  'The quick brown fox jumps over the lazy dog, and then it goes home to count tokens until late. '

/** From a request for a stream to its first byte, and its end. */
const sseSetup = () =>
  microseconds(500, async () => {
    const response = sseResponse(async function* () {
      yield { event: 'message', data: 'x' }
    })
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
  })

const counting = async (model: string): Promise<number> => {
  const tokenizer = await getTokenizer(model)
  // Another text each time: no cache of whole messages helps.
  let n = 0
  return microseconds(2000, () => tokenizer.countMessages([{ role: 'user', content: `${n++} ${sentence}` }]))
}

const message = (n: number): Message => ({
  role: n % 2 === 0 ? 'user' : 'assistant',
  content: `${n} ${sentence}`,
})

const createSession = async (
  sessions: ReturnType<typeof createSessionManager<Message>>,
  messages: number,
) => {
  const { key } = await sessions.create({ tenant: 'acme', model: 'mock' })
  for (let n = 0; n < messages; n += 1) {
    await sessions.append(key, [{ type: 'message', data: { messageId: `msg_${n}`, message: message(n) } }])
  }
  return key
}

const sessionLookup = async (): Promise<number> => {
  const sessions = createSessionManager<Message>({ store: createMemoryStore() })
  const keys = await Promise.all(Array.from({ length: 100 }, () => createSession(sessions, 100)))
  let n = 0
  return microseconds(2000, () => sessions.get(keys[n++ % keys.length] ?? { tenant: '', id: '' }))
}

/** With the log in the store and the fold of it in the manager's cache. */
const sessionBytes = async (): Promise<number> => {
  const sessions = createSessionManager<Message>({ store: createMemoryStore() })
  return bytesEach(300, async () => {
    const key = await createSession(sessions, 100)
    await sessions.get(key)
    return key
  })
}

/** Streams whose upstream has begun to answer and then says nothing: what is held is ours. */
const streamBytes = async (): Promise<number> => {
  const chunk = new TextEncoder().encode(
    `data: ${JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'gpt-4o',
      choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' }, finish_reason: null }],
    })}\n\n`,
  )
  const transport: Transport = {
    dispatch: (_request, sink) => {
      sink.head(200, { 'content-type': 'text/event-stream' })
      sink.data(chunk)
      return new Promise(() => {})
    },
  }
  const provider = createOpenAI({ apiKey: 'none', transport })
  return bytesEach(1000, async () => {
    const events = await provider.stream({ model: 'gpt-4o', messages: [{ role: 'user', content: 'x' }] })
    const iterator = events[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.next()
    return { iterator, pending: iterator.next() }
  })
}

const toolBytes = (): Promise<number> => {
  const registry = createToolRegistry()
  return bytesEach(5000, (n) => {
    const tool = defineTool({
      name: `tool_${n + 2}`,
      description: 'Adds two numbers.',
      input: {
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number' } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
      execute: () => n,
    })
    registry.register(tool)
    return tool
  })
}

const us = (value: number) => `${value.toFixed(1)} µs`
const kb = (value: number) => `${(value / 1024).toFixed(1)} KB`
const setup = await sseSetup()
const gpt = await counting('gpt-4o')
const claude = await counting('claude-sonnet-4-6')
const lookup = await sessionLookup()
const session = await sessionBytes()
const stream = await streamBytes()
const tool = await toolBytes()
report([
  { what: 'SSE stream set-up', limit: '< 1 ms', measured: us(setup), holds: setup < 1000 },
  { what: 'counting a message, exact (gpt-4o)', limit: '≤ 50 µs', measured: us(gpt), holds: gpt <= 50 },
  {
    what: 'counting a message, estimate (claude)',
    limit: '≤ 50 µs',
    measured: us(claude),
    holds: claude <= 50,
  },
  { what: 'session lookup in memory', limit: '≤ 100 µs', measured: us(lookup), holds: lookup <= 100 },
  { what: 'session with 100 messages', limit: '≤ 50 KB', measured: kb(session), holds: session <= 50 * 1024 },
  { what: 'open provider stream', limit: '≤ 10 KB', measured: kb(stream), holds: stream <= 10 * 1024 },
  { what: 'registered tool', limit: '≈ 1 KB', measured: kb(tool), holds: tool <= 1.5 * 1024 },
])
