import { createStreamCounter, getTokenizer } from '@gateway/tokenizer'

const gpt = await getTokenizer('gpt-4o')
console.log(gpt.kind, gpt.count('Tokens are not words.'), gpt.encode?.('Tokens are not words.'))

const claude = await getTokenizer('claude-sonnet-4-6')
console.log(claude.kind, claude.count('Tokens are not words.'))

// A whole request, with its tools: what will it cost to ask?
const request = {
  messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
  tools: [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'The weather of a city.',
        parameters: { type: 'object', properties: { city: { type: 'string', description: 'Its name' } } },
      },
    },
  ],
}
const inputTokens = gpt.countRequest(request)
console.log('request:', inputTokens)

// The answer, while it is streamed: right at every moment, and the provider's own figures win.
const counter = createStreamCounter(gpt)
counter.setInputTokens(inputTokens)
for (const delta of ['It is sun', 'ny in Par', 'is.']) {
  counter.push(delta)
  console.log('so far:', counter.usage().outputTokens)
}
counter.setUsage({ inputTokens: 52, outputTokens: 6 })
console.log('in the end:', counter.complete())
