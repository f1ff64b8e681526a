import { type Capabilities, type ModelTable, prices, series } from './model-entry.ts'

// Sources, in copies of August to October 2026, through https://models.dev:
// windows and limits  https://docs.mistral.ai/models
// prices              https://docs.mistral.ai/inference/pricing
// forced tool choice  https://docs.mistral.ai/api (`any`, `required` or one tool)
// prefill             only of a message with `prefix: true`, which our requests do not send

const text: Capabilities = {
  tools: true,
  images: false,
  prefill: false,
  forcedToolChoice: true,
  thinking: false,
  temperature: true,
}
const plain = series(text)
const seeing = series({ ...text, images: true })
const thinker = series({ ...text, images: true, thinking: true })

const medium35 = thinker(262_144, undefined, prices(1.5, 7.5))
const codestral = plain(128_000, undefined, prices(0.3, 0.9, 0.03))
// The price of Small 4 was not found; that of Small 3 is another.
const small4 = thinker(256_000)

/** Mistral's models; a name that ends in `-latest` is listed where it was found what it stands for. */
export const mistralModels: ModelTable = {
  // Half the list price, while it is a preview.
  'mistral-large-4': thinker(1_048_576, 262_144, prices(0.68, 2.09, 0.07)),
  'mistral-large-2512': seeing(262_144, undefined, prices(0.5, 1.5)),
  'mistral-medium-3-5': medium35,
  'mistral-medium-2604': medium35,
  'mistral-medium-latest': medium35,
  'mistral-small-2603': small4,
  'mistral-small-latest': small4,
  'ministral-8b-2512': seeing(256_000, undefined, prices(0.15, 0.15, 0.015)),
  'codestral-2508': codestral,
  'codestral-latest': codestral,
}
