import { type Capabilities, type ModelTable, over, prices, series } from './model-entry.ts'

// Sources, in copies of September and October 2026, and through https://models.dev:
// windows and limits  https://ai.google.dev/gemini-api/docs/models
// prices              https://ai.google.dev/gemini-api/docs/pricing (paid tier; text, images, video). Storage of explicit
//                     caches is billed by the hour and is in no figure here.
// temperature, prefill  https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/gemini/3-6-flash: since
//                     3.6 sampling options are ignored and a last message of the model is refused
// forced tool choice  https://ai.google.dev/gemini-api/docs/function-calling (mode `ANY`)

const gemini: Capabilities = {
  tools: true,
  images: true,
  prefill: false,
  forcedToolChoice: true,
  thinking: true,
  temperature: true,
}
const upTo35 = series(gemini)
// Announced with 3.6 Flash; whether it heeds the sampling options still was not found.
const lite35 = series({ ...gemini, temperature: undefined })
const since36 = series({ ...gemini, temperature: false })

/** Google's Gemini models. */
export const googleModels: ModelTable = {
  'gemini-2.5-pro': upTo35(1_048_576, 65_536, prices(1.25, 10, 0.125), over(200_000, prices(2.5, 15, 0.25))),
  'gemini-2.5-flash': upTo35(1_048_576, 65_536, prices(0.3, 2.5, 0.03)),
  'gemini-2.5-flash-lite': upTo35(1_048_576, 65_536, prices(0.1, 0.4, 0.01)),
  'gemini-3-flash-preview': upTo35(1_048_576, 65_536, prices(0.5, 3, 0.05)),
  'gemini-3.1-pro-preview': upTo35(1_048_576, 65_536, prices(2, 12, 0.2), over(200_000, prices(4, 18, 0.4))),
  'gemini-3.1-flash-lite': upTo35(1_048_576, 65_536, prices(0.25, 1.5, 0.025)),
  'gemini-3.5-flash': upTo35(1_048_576, 65_536, prices(1.5, 9, 0.15)),
  'gemini-3.5-flash-lite': lite35(1_048_576, 65_536, prices(0.3, 2.5, 0.03)),
  // List prices. Until 31 December 2026 resellers ask half of them, as for 3.8.
  'gemini-3.6-flash': since36(1_048_576, 65_536, prices(1.5, 7.5, 0.15)),
  'gemini-3.7-flash': since36(1_048_576, 65_536, prices(1.5, 7.5, 0.15)),
  // Until 31 December 2026; twice as much from 1 January 2027.
  'gemini-3.8-flash': since36(1_048_576, 65_536, prices(0.75, 3.75, 0.075)),
}
