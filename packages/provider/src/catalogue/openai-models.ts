import {
  type Capabilities,
  type ModelEntry,
  type ModelTable,
  over,
  type Prices,
  prices,
  series,
  type TableRow,
} from './model-entry.ts'

// Sources, in copies of October and November 2026:
// windows and limits  https://developers.openai.com/api/docs/models
// prices              https://developers.openai.com/api/docs/pricing (standard tier, shortest cache lifetime)
// prefill             no model goes on from an assistant message; it answers it
// temperature         reasoning models refuse it, or take it only with the effort `none`: counted as no

const text: Capabilities = {
  tools: true,
  images: false,
  prefill: false,
  forcedToolChoice: true,
  thinking: false,
  temperature: true,
}
const vision: Capabilities = { ...text, images: true }
const reasoning: Capabilities = { ...vision, thinking: true, temperature: false }

const oldText = series(text, 'cl100k')
const oldVision = series(vision, 'cl100k')
const seeing = series(vision, 'o200k')
// Over Chat Completions these show nothing of their thinking, so that minutes may pass before the first content.
const slow =
  (row: TableRow): TableRow =>
  (...figures) => ({ ...row(...figures), firstTokenMs: 300_000 })
const thinker = slow(series(reasoning, 'o200k'))
// Over Chat Completions these call tools only with the effort `none`; what they do when forced was not found,
// nor which tokenizer they have.
const gpt6Thinker = slow(series({ ...reasoning, forcedToolChoice: undefined }))

const gpt5 = (price: Prices): ModelEntry => thinker(400_000, 128_000, price)
const gpt41 = (price: Prices): ModelEntry => seeing(1_047_576, 32_768, price)
const gpt54 = (price: Prices): ModelEntry => thinker(1_050_000, 128_000, price, long(price))
const gpt6 = (price: Prices): ModelEntry => gpt6Thinker(1_050_000, 128_000, price, long(price))

/** Above 272,000 tokens of input a request costs twice as much for what is read, half as much again for the answer. */
const long = ({ input, output, cacheRead, cacheWrite }: Prices): ReturnType<typeof over> =>
  over(272_000, {
    input: times(input, 2),
    output: times(output, 1.5),
    cacheRead: times(cacheRead, 2),
    cacheWrite: times(cacheWrite, 2),
  })

const times = (price: number | undefined, factor: number): number | undefined =>
  price === undefined ? undefined : price * factor

/** Gives numbers, no text: only its input costs. */
const embedding = (input: number): ModelEntry => ({
  contextWindow: 8_192,
  capabilities: {
    tools: false,
    images: false,
    prefill: false,
    forcedToolChoice: false,
    thinking: false,
    temperature: false,
  },
  tokenizer: 'cl100k',
  prices: { input },
})

/** OpenAI's models by their undated names, and dated ones that differ from those. */
export const openaiModels: ModelTable = {
  'gpt-3.5-turbo': oldText(16_385, 4_096, prices(0.5, 1.5)),
  // Older than the price of the undated name.
  'gpt-3.5-turbo-1106': oldText(16_385, 4_096),
  'gpt-4': oldText(8_192, 8_192, prices(30, 60)),
  // The previews took no images; the model that kept the name does.
  'gpt-4-turbo-preview': oldText(128_000, 4_096, prices(10, 30)),
  'gpt-4-turbo': oldVision(128_000, 4_096, prices(10, 30)),
  'gpt-4o-2024-05-13': seeing(128_000, 4_096, prices(5, 15)),
  'gpt-4o': seeing(128_000, 16_384, prices(2.5, 10, 1.25)),
  'gpt-4o-mini': seeing(128_000, 16_384, prices(0.15, 0.6, 0.075)),
  'gpt-4.1': gpt41(prices(2, 8, 0.5)),
  'gpt-4.1-mini': gpt41(prices(0.4, 1.6, 0.1)),
  'gpt-4.1-nano': gpt41(prices(0.1, 0.4, 0.025)),
  o1: thinker(200_000, 100_000, prices(15, 60, 7.5)),
  o3: thinker(200_000, 100_000, prices(2, 8, 0.5)),
  'o3-mini': slow(series({ ...reasoning, images: false }, 'o200k'))(200_000, 100_000, prices(1.1, 4.4, 0.55)),
  'o4-mini': thinker(200_000, 100_000, prices(1.1, 4.4, 0.275)),
  'gpt-5': gpt5(prices(1.25, 10, 0.125)),
  'gpt-5-mini': gpt5(prices(0.25, 2, 0.025)),
  'gpt-5-nano': gpt5(prices(0.05, 0.4, 0.005)),
  'gpt-5.1': gpt5(prices(1.25, 10, 0.125)),
  'gpt-5.2': gpt5(prices(1.75, 14, 0.175)),
  'gpt-5.4': gpt54(prices(2.5, 15, 0.25)),
  'gpt-5.4-mini': gpt5(prices(0.75, 4.5, 0.075)),
  'gpt-5.4-nano': gpt5(prices(0.2, 1.25, 0.02)),
  'gpt-5.5': gpt54(prices(5, 30, 0.5)),
  'gpt-5.6': gpt54(prices(4, 20, 0.4, 5)),
  'gpt-5.6-sol': gpt54(prices(4, 20, 0.4, 5)),
  'gpt-5.6-terra': gpt54(prices(2, 12, 0.2, 2.5)),
  'gpt-5.6-luna': gpt54(prices(0.2, 1.2, 0.02, 0.25)),
  'gpt-6-astra': gpt6(prices(10, 50, 1, 12.5)),
  'gpt-6-sol': gpt6(prices(2, 10, 0.2, 2.5)),
  'gpt-6-luna': gpt6(prices(0.1, 0.5, 0.01, 0.125)),
  'gpt-6.1-sol': gpt6(prices(2, 10, 0.1, 2.5)),
  'gpt-6.1-terra': gpt6(prices(1, 5, 0.05, 1.25)),
  'text-embedding-3-small': embedding(0.02),
  'text-embedding-3-large': embedding(0.13),
  'text-embedding-ada-002': embedding(0.1),
}
