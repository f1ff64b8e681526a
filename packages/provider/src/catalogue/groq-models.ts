import { type Capabilities, type ModelEntry, type Prices, prices } from './model-entry.ts'

// Windows, limits and prices as they stood in 2026: https://console.groq.com/docs/models
// Groq hosts models of many makers; a name with a slash is the name that it gives them.

const text: Capabilities = { tools: true, images: false, prefill: false, thinking: false, temperature: true }
const reasoning: Capabilities = { ...text, thinking: true }

const model = (
  maxOutputTokens: number,
  capabilities: Capabilities,
  tokenizer: string,
  price: Prices,
): ModelEntry => ({ contextWindow: 131_072, maxOutputTokens, capabilities, tokenizer, prices: price })

export const groqModels: Readonly<Record<string, ModelEntry>> = {
  'openai/gpt-oss-120b': model(65_536, reasoning, 'o200k', prices(0.15, 0.6)),
  'openai/gpt-oss-20b': model(65_536, reasoning, 'o200k', prices(0.075, 0.3)),
  'llama-3.3-70b-versatile': model(32_768, text, 'llama3', prices(0.59, 0.79)),
  'llama-3.1-8b-instant': model(131_072, text, 'llama3', prices(0.05, 0.08)),
}
