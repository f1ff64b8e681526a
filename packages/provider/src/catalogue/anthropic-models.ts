import { type Capabilities, type ModelEntry, type Prices, prices } from './model-entry.ts'

// Sources, as they stood in November 2026:
// windows and limits  https://platform.claude.com/docs/en/about-claude/models/overview
// prices              https://platform.claude.com/docs/en/about-claude/pricing (5-minute cache writes)
// prefill             https://platform.claude.com/docs/en/about-claude/models/migration-guide (400 since Claude 4.6)
// temperature         type declarations of the official SDK: refused by models released after Claude Opus 4.6

const claude3: Capabilities = { tools: true, images: true, prefill: true, thinking: false, temperature: true }
const claude4: Capabilities = { ...claude3, thinking: true }
const claude46: Capabilities = { ...claude4, prefill: false }
const claude47: Capabilities = { ...claude46, temperature: false }

/** Models up to 4.6 share one tokenizer; since 4.7 the same text is some 30 % more tokens. */
const model = (
  contextWindow: number,
  maxOutputTokens: number,
  capabilities: Capabilities,
  price: Prices,
  longPrompt?: ModelEntry['longPrompt'],
): ModelEntry => ({
  contextWindow,
  maxOutputTokens,
  prices: price,
  ...(longPrompt && { longPrompt }),
  capabilities,
  tokenizer: capabilities === claude47 ? 'claude-2' : 'claude-1',
})

const opus3 = prices(15, 75, 1.5, 18.75)
const opus45 = prices(5, 25, 0.5, 6.25)
const sonnet = prices(3, 15, 0.3, 3.75)

/** Anthropic's models by their undated names. */
export const anthropicModels: Readonly<Record<string, ModelEntry>> = {
  'claude-3-opus': model(200_000, 4_096, claude3, opus3),
  // Claude 3 Sonnet never had a prompt cache.
  'claude-3-sonnet': model(200_000, 4_096, claude3, prices(3, 15)),
  'claude-3-haiku': model(200_000, 4_096, claude3, prices(0.25, 1.25, 0.03, 0.3)),
  'claude-3-5-sonnet': model(200_000, 8_192, claude3, sonnet),
  'claude-3-5-haiku': model(200_000, 8_192, claude3, prices(0.8, 4, 0.08, 1)),
  'claude-3-7-sonnet': model(200_000, 64_000, claude4, sonnet),
  'claude-opus-4': model(200_000, 32_000, claude4, opus3),
  'claude-opus-4-1': model(200_000, 32_000, claude4, opus3),
  'claude-opus-4-5': model(200_000, 64_000, claude4, opus45),
  'claude-opus-4-6': model(1_000_000, 128_000, claude46, opus45),
  'claude-opus-4-7': model(1_000_000, 128_000, claude47, opus45),
  'claude-opus-4-8': model(1_000_000, 128_000, claude47, opus45),
  'claude-opus-5': model(1_000_000, 128_000, claude47, opus45),
  'claude-opus-5-5': model(1_000_000, 128_000, claude47, prices(4, 20, 0.2, 5)),
  'claude-sonnet-4': model(200_000, 64_000, claude4, sonnet),
  'claude-sonnet-4-5': model(200_000, 64_000, claude4, sonnet),
  'claude-sonnet-4-6': model(1_000_000, 64_000, claude46, sonnet),
  'claude-sonnet-5': model(1_000_000, 128_000, claude47, prices(2, 10, 0.2, 2.5)),
  'claude-sonnet-5-5': model(1_000_000, 128_000, claude47, prices(2, 10, 0.1, 2.5)),
  'claude-haiku-4-5': model(200_000, 64_000, claude4, prices(1, 5, 0.1, 1.25)),
  'claude-haiku-5-5': model(1_000_000, 128_000, claude47, prices(0.1, 0.5, 0.01, 0.125), {
    over: 100_000,
    ...prices(0.5, 2.5, 0.05, 0.625),
  }),
  'claude-fable-5': model(1_000_000, 128_000, claude47, prices(10, 50, 1, 12.5)),
  'claude-fable-5-1': model(1_000_000, 128_000, claude47, prices(10, 50, 0.25, 12.5)),
}
