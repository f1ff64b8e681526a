import { collect, createMock, createProviderManager, isProviderError, type Message } from '@gateway/provider'

// In production: createAnthropic({ apiKey }), createOpenAI({ apiKey }), createOpenAICompatible({ … }).
const manager = createProviderManager({ providers: [createMock()] })
const weather = {
  name: 'weather',
  description: 'The weather of a city.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

// A stream tells the answer piece by piece, in the same events whichever provider answers.
const messages: Message[] = [{ role: 'user', content: 'Hello!' }]
for await (const event of await manager.stream({ model: 'mock', messages })) {
  if (event.type === 'text-delta') process.stdout.write(event.text)
  if (event.type === 'finish') console.log(`\n[${event.stopReason}, ${event.usage.outputTokens} tokens]`)
}

// A tool loop: the model asks, you run, and its answer goes back as a message like any other.
messages.push({ role: 'user', content: '/tool weather {"city":"Bern"}' })
const call = await collect(await manager.stream({ model: 'mock', messages, tools: [weather] }))
messages.push({ role: 'assistant', content: call.content })
for (const block of call.content) {
  if (block.type !== 'tool-use') continue
  console.log(block.name, block.input)
  messages.push({
    role: 'tool',
    content: [{ type: 'tool-result', toolUseId: block.id, content: 'sunny, 21 °C' }],
  })
}
const answer = await manager.complete({ model: 'mock', messages, tools: [weather] })
console.log(answer.content)

// Every failure has a code that does not depend on the provider.
try {
  await manager.complete({ model: 'mock', messages: [{ role: 'user', content: '/fail rate-limit 2000' }] })
} catch (error) {
  if (!isProviderError(error)) throw error
  console.log(error.code, error.retryAfterMs, error.retryable)
}
