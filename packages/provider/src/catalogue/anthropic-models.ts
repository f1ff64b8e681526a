import {
  type Capabilities,
  type ModelTable,
  over,
  type Prices,
  series,
  prices as toPrices,
} from './model-entry.ts'

// Sources, in copies of October and November 2026:
// windows and limits  https://platform.claude.com/docs/en/about-claude/models/overview
// prices              https://platform.claude.com/docs/en/about-claude/pricing (an hour's cache writes: twice the input)
// prefill             https://platform.claude.com/docs/en/about-claude/models/migration-guide (400 since Claude 4.6)
// temperature         type declarations of the official SDK: refused by models released after Claude Opus 4.6
// forced tool choice  https://platform.claude.com/docs/en/models/opus-5-5/whats-new-opus-5-5 (400, on Fable 5.1 too),
//                     …/sonnet-5-5/whats-new-sonnet-5-5 (400), …/haiku-5-5/whats-new-haiku-5-5 (still taken)

const claude3: Capabilities = {
  tools: true,
  images: true,
  prefill: true,
  forcedToolChoice: true,
  thinking: false,
  temperature: true,
}
const claude4: Capabilities = { ...claude3, thinking: true }
const claude46: Capabilities = { ...claude4, prefill: false }
const claude47: Capabilities = { ...claude46, temperature: false }

// Models up to 4.6 share one tokenizer; since 4.7 the same text is some 30 % more tokens.
const first = 'claude-1'
const second = 'claude-2'

const v3 = series(claude3, first)
const v4 = series(claude4, first)
const v46 = series(claude46, first)
const v47 = series(claude47, second)
const v55 = series({ ...claude47, forcedToolChoice: false }, second)

const prices = (input: number, output: number, cacheRead?: number, cacheWrite?: number): Prices => ({
  ...toPrices(input, output, cacheRead, cacheWrite),
  ...(cacheWrite !== undefined && { cacheWrite1h: 2 * input }),
})

const opus3 = prices(15, 75, 1.5, 18.75)
const opus45 = prices(5, 25, 0.5, 6.25)
const sonnet = prices(3, 15, 0.3, 3.75)
/** Only with the beta header that opens a window of a million tokens (as https://models.dev has it). */
const longSonnet = over(200_000, prices(6, 22.5, 0.6, 7.5))

/** Anthropic's models by their undated names. */
export const anthropicModels: ModelTable = {
  'claude-3-opus': v3(200_000, 4_096, opus3),
  // Claude 3 Sonnet never had a prompt cache.
  'claude-3-sonnet': v3(200_000, 4_096, prices(3, 15)),
  'claude-3-haiku': v3(200_000, 4_096, prices(0.25, 1.25, 0.03, 0.3)),
  'claude-3-5-sonnet': v3(200_000, 8_192, sonnet),
  'claude-3-5-haiku': v3(200_000, 8_192, prices(0.8, 4, 0.08, 1)),
  'claude-3-7-sonnet': v4(200_000, 64_000, sonnet),
  'claude-opus-4': v4(200_000, 32_000, opus3),
  'claude-opus-4-1': v4(200_000, 32_000, opus3),
  'claude-opus-4-5': v4(200_000, 64_000, opus45),
  'claude-opus-4-6': v46(1_000_000, 128_000, opus45),
  'claude-opus-4-7': v47(1_000_000, 128_000, opus45),
  'claude-opus-4-8': v47(1_000_000, 128_000, opus45),
  'claude-opus-5': v47(1_000_000, 128_000, opus45),
  'claude-opus-5-5': v55(1_000_000, 128_000, prices(4, 20, 0.2, 5)),
  'claude-sonnet-4': v4(200_000, 64_000, sonnet, longSonnet),
  'claude-sonnet-4-5': v4(200_000, 64_000, sonnet, longSonnet),
  'claude-sonnet-4-6': v46(1_000_000, 64_000, sonnet),
  'claude-sonnet-5': v47(1_000_000, 128_000, prices(2, 10, 0.2, 2.5)),
  'claude-sonnet-5-5': v55(1_000_000, 128_000, prices(2, 10, 0.1, 2.5)),
  'claude-haiku-4-5': v4(200_000, 64_000, prices(1, 5, 0.1, 1.25)),
  'claude-haiku-5-5': v47(
    1_000_000,
    128_000,
    prices(0.1, 0.5, 0.01, 0.125),
    over(100_000, prices(0.5, 2.5, 0.05, 0.625)),
  ),
  // Whether Fable 5 already refuses a forced tool choice was not found.
  'claude-fable-5': series({ ...claude47, forcedToolChoice: undefined }, second)(
    1_000_000,
    128_000,
    prices(10, 50, 1, 12.5),
  ),
  'claude-fable-5-1': v55(1_000_000, 128_000, prices(10, 50, 0.25, 12.5)),
}
