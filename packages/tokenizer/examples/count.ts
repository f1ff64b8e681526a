import { createStreamCounter, getTokenizer } from '@gateway/tokenizer'

const gpt = await getTokenizer('gpt-4o')
console.log(gpt.kind, gpt.count('Tokens are not words.'), gpt.encode?.('Tokens are not words.'))

const claude = await getTokenizer('claude-sonnet-4-6')
console.log(claude.kind, claude.count('Tokens are not words.'))

// A whole request, tools, images and all: what will it cost to ask?
const parameters = { type: 'object', properties: { city: { type: 'string', description: 'Its name' } } }
const inputTokens = gpt.countRequest({
  messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
  tools: [{ type: 'function', function: { name: 'get_weather', parameters } }],
})

// The answer, while it is streamed: right at every moment, and the provider's own figures win.
const counter = createStreamCounter(gpt)
counter.setInputTokens(inputTokens)
for (const delta of ['It is sun', 'ny in Par', 'is.']) {
  counter.push(delta)
  console.log(counter.usage())
}
counter.setUsage({ inputTokens: 46, outputTokens: 6 })
console.log('in the end:', counter.complete())
