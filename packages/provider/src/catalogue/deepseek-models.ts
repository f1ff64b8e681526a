import { type Capabilities, type ModelTable, prices, series } from './model-entry.ts'

// Sources, in copies of September and October 2026:
// windows, prices     https://api-docs.deepseek.com/quick_start/pricing
// forced tool choice  400 while the model thinks, as it does unless told not to:
//                     https://github.com/deepseek-ai/DeepSeek-V3/issues/1376
// prefill             only of a message with `prefix: true` at the beta URL, which our requests do not send
// temperature         https://api-docs.deepseek.com/guides/thinking_mode: without effect while it thinks
//
// DeepSeek halves its prices outside of Beijing's working hours. These are those of working hours: what is recorded is
// never less than the bill, and up to twice as much.

const thinking: Capabilities = {
  tools: true,
  images: false,
  prefill: false,
  forcedToolChoice: false,
  thinking: true,
  temperature: false,
}
const flash = series({ ...thinking, images: true })(1_000_000, 393_216, prices(0.3, 1.2, 0.006))

/** DeepSeek's models. */
export const deepseekModels: ModelTable = {
  'deepseek-flash': flash,
  // A name of before, answered by the same model at the same price.
  'deepseek-v4-flash': flash,
  'deepseek-v4-pro': series(thinking)(1_000_000, 393_216, prices(1.32, 3.96, 0.044)),
}
