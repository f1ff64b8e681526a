import { type Capabilities, type ModelTable, prices, series } from './model-entry.ts'

// Sources, in copies of September and October 2026, and through https://models.dev:
// Muse                https://dev.meta.ai/docs/getting-started/models, https://dev.meta.ai/docs/pricing-rate-limits
// Llama               the model cards of https://huggingface.co/meta-llama
//
// Meta serves Muse itself and Llama no more: open weights have the price of whoever runs them. What hosts of their own
// table charge is there; of any other host an operator knows it.

const text: Capabilities = { tools: true, images: false, prefill: false, thinking: false, temperature: true }
const muse = series({ ...text, images: true, thinking: true })
const museSpark = muse(1_048_576, 131_072, prices(1.25, 4.25, 0.15))
const llama3 = series(text, 'llama3')
const llama4 = series({ ...text, images: true }, 'llama4')

/** Meta's models: Muse as Meta serves it, Llama without a price. */
export const metaModels: ModelTable = {
  'muse-spark-1.1': museSpark,
  'muse-spark-1.2': museSpark,
  'muse-spark-1.3': museSpark,
  'llama-3.1-8b-instruct': llama3(131_072),
  'llama-3.3-70b-instruct': llama3(131_072),
  'llama-4-scout-17b-16e-instruct': llama4(10_000_000),
  'llama-4-maverick-17b-128e-instruct': llama4(1_048_576),
}

// Windows, limits and prices of hosts, as https://models.dev had them in the middle of 2026:
// https://www.together.ai/pricing, https://deepinfra.com/pricing

/** Llama as Together serves it. */
export const togetherModels: ModelTable = {
  'meta-llama/Llama-3.3-70B-Instruct-Turbo': llama3(131_072, 8_192, prices(0.88, 0.88)),
}

/** Llama as DeepInfra serves it. */
export const deepinfraModels: ModelTable = {
  'meta-llama/Meta-Llama-3.1-8B-Instruct': llama3(131_072, 131_072, prices(0.02, 0.05)),
  'meta-llama/Llama-3.3-70B-Instruct-Turbo': llama3(131_072, 16_384, prices(0.1, 0.32)),
  'meta-llama/Llama-4-Scout-17B-16E-Instruct': llama4(327_680, 16_384, prices(0.1, 0.3)),
  'meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8': llama4(1_000_000, 16_384, prices(0.15, 0.6)),
}
