import { type Capabilities, type ModelTable, over, prices, series } from './model-entry.ts'

// Sources, in copies of September 2026, through https://models.dev:
// windows and prices  https://docs.x.ai/developers/models, https://docs.x.ai/developers/pricing (standard tier)
// temperature         https://docs.x.ai/developers/model-capabilities/text/best-practices
// Whether a forced tool choice is taken, or an assistant message gone on from, was not found; nor a longest answer.

const grok: Capabilities = { tools: true, images: true, prefill: false, thinking: true, temperature: true }
const thinker = series(grok)
const flagship = thinker(500_000, undefined, prices(2, 6, 0.5), over(200_000, prices(4, 12, 1)))
// Sources disagree about what 4.20 costs above 200,000 tokens.
const grok420 = [1_000_000, undefined, prices(1.25, 2.5, 0.2), over(200_000)] as const

/** The Grok models of xAI. */
export const xaiModels: ModelTable = {
  'grok-4.3': thinker(1_000_000, undefined, prices(1.25, 2.5, 0.2), over(200_000, prices(2.5, 5, 0.4))),
  'grok-4.5': flagship,
  'grok-4.6': flagship,
  'grok-4.7': flagship,
  'grok-4.20-reasoning': thinker(...grok420),
  'grok-4.20-0309-reasoning': thinker(...grok420),
  'grok-4.20-non-reasoning': series({ ...grok, thinking: false })(...grok420),
  'grok-4.20-0309-non-reasoning': series({ ...grok, thinking: false })(...grok420),
  'grok-build-0.1': thinker(256_000, undefined, prices(1, 2, 0.2)),
}
