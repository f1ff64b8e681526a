import { type Capabilities, type ModelEntry, type Prices, prices } from './model-entry.ts'

// Sources, as they stood in November 2026:
// windows and limits  https://developers.openai.com/api/docs/models
// prices              https://developers.openai.com/api/docs/pricing (standard tier)
// Where sources disagreed (GPT-5.6 Sol after its price change) the price is left out.

const text: Capabilities = { tools: true, images: false, prefill: false, thinking: false, temperature: true }
const vision: Capabilities = { ...text, images: true }
const reasoning: Capabilities = { ...vision, thinking: true, temperature: false }

const model = (
  contextWindow: number,
  maxOutputTokens: number,
  capabilities: Capabilities,
  tokenizer: string,
  price?: Prices,
): ModelEntry => ({
  contextWindow,
  maxOutputTokens,
  capabilities,
  tokenizer,
  ...(price && { prices: price }),
})

/** Above 272,000 tokens of input these models cost twice the input and one and a half times the output. */
const tiered = (entry: ModelEntry): ModelEntry => {
  const { input, output, cacheRead, cacheWrite } = entry.prices ?? {}
  if (input === undefined || output === undefined) return entry
  const long = prices(input * 2, output * 1.5, cacheRead && cacheRead * 2, cacheWrite && cacheWrite * 2)
  return { ...entry, longPrompt: { over: 272_000, ...long } }
}

const gpt5 = (price: Prices): ModelEntry => model(400_000, 128_000, reasoning, 'o200k', price)
const gpt54 = (price?: Prices): ModelEntry => tiered(model(1_050_000, 128_000, reasoning, 'o200k', price))
const gpt41 = (price: Prices): ModelEntry => model(1_047_576, 32_768, vision, 'o200k', price)

/** Gives numbers, no text: only its input costs. */
const embedding = (input: number): ModelEntry => ({
  contextWindow: 8_192,
  capabilities: { tools: false, images: false, prefill: false, thinking: false, temperature: false },
  tokenizer: 'cl100k',
  prices: { input },
})

/** OpenAI's models by their undated names. */
export const openaiModels: Readonly<Record<string, ModelEntry>> = {
  'gpt-3.5-turbo': model(16_385, 4_096, text, 'cl100k', prices(0.5, 1.5)),
  'gpt-4': model(8_192, 8_192, text, 'cl100k', prices(30, 60)),
  // The preview took no images; the model that kept the name does.
  'gpt-4-turbo-preview': model(128_000, 4_096, text, 'cl100k', prices(10, 30)),
  'gpt-4-turbo': model(128_000, 4_096, vision, 'cl100k', prices(10, 30)),
  'gpt-4o': model(128_000, 16_384, vision, 'o200k', prices(2.5, 10, 1.25)),
  'gpt-4o-mini': model(128_000, 16_384, vision, 'o200k', prices(0.15, 0.6, 0.075)),
  'gpt-4.1': gpt41(prices(2, 8, 0.5)),
  'gpt-4.1-mini': gpt41(prices(0.4, 1.6, 0.1)),
  'gpt-4.1-nano': gpt41(prices(0.1, 0.4, 0.025)),
  o1: model(200_000, 100_000, reasoning, 'o200k', prices(15, 60, 7.5)),
  o3: model(200_000, 100_000, reasoning, 'o200k', prices(2, 8, 0.5)),
  'o3-mini': model(200_000, 100_000, { ...reasoning, images: false }, 'o200k', prices(1.1, 4.4, 0.55)),
  'o4-mini': model(200_000, 100_000, reasoning, 'o200k', prices(1.1, 4.4, 0.275)),
  'gpt-5': gpt5(prices(1.25, 10, 0.125)),
  'gpt-5-mini': gpt5(prices(0.25, 2, 0.025)),
  'gpt-5-nano': gpt5(prices(0.05, 0.4, 0.005)),
  'gpt-5.1': gpt5(prices(1.25, 10, 0.125)),
  'gpt-5.2': gpt5(prices(1.75, 14, 0.175)),
  'gpt-5.4': gpt54(prices(2.5, 15, 0.25)),
  'gpt-5.4-mini': gpt5(prices(0.75, 4.5, 0.075)),
  'gpt-5.4-nano': gpt5(prices(0.2, 1.25, 0.02)),
  'gpt-5.5': gpt54(prices(5, 30, 0.5)),
  'gpt-5.6-sol': gpt54(),
  'gpt-5.6-terra': gpt54(prices(2, 12)),
  'gpt-5.6-luna': gpt54(prices(0.2, 1.2, 0.02, 0.25)),
  'text-embedding-3-small': embedding(0.02),
  'text-embedding-3-large': embedding(0.13),
  'text-embedding-ada-002': embedding(0.1),
}
