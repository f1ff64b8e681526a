import { createMemoryStore, createSessionManager, fitContext, type SessionMessage } from '@gateway/session'

const sessions = createSessionManager({ store: createMemoryStore() })
const { key } = await sessions.create({ tenant: 'acme', model: 'mock', system: 'Answer in one word.' })

const says = (role: string, content: string) =>
  ({ type: 'message', data: { messageId: `msg_${content}`, message: { role, content } } }) as const

await sessions.append(key, [says('user', 'Which city has the Colosseum?'), says('assistant', 'Rome')])

// A client that has seen event 2 reads on from there: first what it missed, then what comes.
const following = new AbortController()
const followed = (async () => {
  for await (const { seq, type, data } of sessions.tail(key, { after: 2, signal: following.signal })) {
    console.log(seq, type, JSON.stringify(data))
  }
})()

await sessions.setContext(key, 'country', 'Italy')
await sessions.append(key, [says('user', 'And the Prado?')])

// What a model with a small window would be sent.
const words = (message: SessionMessage) => String(message.content).split(' ').length
const tokenizer = {
  countMessages: (messages: readonly { role: string; content?: unknown }[]) =>
    messages.reduce((sum, { role, content }) => sum + words({ role, content: String(content) }), 0),
}
const state = await sessions.get(key)
const history = state?.messages.map(({ message }) => message) ?? []
const { messages, dropped } = await fitContext(history, { tokenizer, maxTokens: 6 })
console.log(`sent: ${JSON.stringify(messages)}, left out: ${dropped.length}`)

await sessions.delete(key)
await followed
