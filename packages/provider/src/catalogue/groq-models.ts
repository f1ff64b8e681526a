import { type Capabilities, type ModelTable, prices, series } from './model-entry.ts'

// Sources, in copies of May to August 2026, through https://models.dev:
// windows and limits  https://console.groq.com/docs/models
// prices              https://groq.com/pricing
// forced tool choice  https://console.groq.com/docs/tool-use/local-tool-calling
// Groq hosts models of many makers; a name with a slash is the name that it gives them.

const text: Capabilities = {
  tools: true,
  images: false,
  prefill: false,
  forcedToolChoice: true,
  thinking: false,
  temperature: true,
}
const llama3 = series(text, 'llama3')
const gptOss = series({ ...text, thinking: true }, 'o200k')

/** Models as Groq serves them. */
export const groqModels: ModelTable = {
  'openai/gpt-oss-120b': gptOss(131_072, 65_536, prices(0.15, 0.6, 0.075)),
  'openai/gpt-oss-20b': gptOss(131_072, 65_536, prices(0.075, 0.3, 0.0375)),
  'qwen/qwen3.8-27b': series({ ...text, images: true, thinking: true })(131_042, 16_384, prices(0.8, 4, 0.4)),
  // No longer served since 16 August 2026 (https://console.groq.com/docs/deprecations); usage of before keeps its price.
  'llama-3.3-70b-versatile': llama3(131_072, 32_768, prices(0.59, 0.79)),
  'llama-3.1-8b-instant': llama3(131_072, 131_072, prices(0.05, 0.08)),
}
