import type { Encoding } from './bpe/encoding.ts'
import { loadEncoding } from './encodings/load.ts'
import { createEstimate } from './estimate/estimate.ts'
import { isWithin } from './limit.ts'
import type { ContentContext } from './messages/content.ts'
import { messagesTokens } from './messages/messages.ts'
import { overheadsOf } from './messages/overheads.ts'
import { requestTokens } from './messages/request.ts'
import { detectModel } from './models.ts'
import type { ModelTokenizer } from './types.ts'

/** How a tokenizer is put together. */
export interface TokenizerOptions {
  /** The model whose counts are wanted; its name chooses overheads and image formulas, and the estimate's factors. */
  model: string
  /** The model's encoding, loaded; without it the tokenizer estimates. */
  encoding?: Encoding | undefined
}

/** Options of `createEstimator`. */
export interface EstimatorOptions {
  /** The model whose counts are wanted. */
  model: string
}

type TextCounter = Pick<ModelTokenizer, 'kind' | 'count' | 'startCount' | 'isWithinLimit'> &
  Partial<Pick<ModelTokenizer, 'encoding' | 'encode' | 'decode'>>

const exactCounter = (encoding: Encoding): TextCounter => ({
  kind: 'exact',
  encoding: encoding.name,
  count: encoding.count,
  startCount: encoding.startCount,
  isWithinLimit: encoding.isWithinLimit,
  encode: encoding.encode,
  decode: encoding.decode,
})

const estimateCounter = (family: Parameters<typeof createEstimate>[0]): TextCounter => {
  const estimate = createEstimate(family)
  const isWithinLimit = (text: string, max: number): boolean => {
    const running = estimate.startCount()
    // No weight is negative, so that more text never has fewer tokens.
    return isWithin({ ...running, atLeast: running.count }, text, max)
  }
  return { ...estimate, kind: 'estimate', isWithinLimit }
}

/**
 * Creates a tokenizer at once: exact with an encoding that was loaded, else an estimate.
 *
 * @example
 * const tokenizer = createTokenizer({ model: 'gpt-4o', encoding: createEncoding(o200kBase) })
 */
export const createTokenizer = ({ model, encoding }: TokenizerOptions): ModelTokenizer => {
  const info = detectModel(model)
  const counter = encoding === undefined ? estimateCounter(info.family) : exactCounter(encoding)
  const context: ContentContext = {
    model: info,
    overheads: overheadsOf(info.family),
    count: counter.count,
  }
  return {
    model,
    ...counter,
    countMessages: (messages) => messagesTokens(context, messages),
    countRequest: (request) => requestTokens(context, request),
  }
}

/**
 * Creates a tokenizer that estimates, for any model, with no table to load: one pass over the text, about 20 µs for
 * 1,000 characters. On texts of 40 tokens and more that were held back from the fit, the median error is 4.2 % for
 * Claude up to 4.6 (64 texts, all within 15 %), and 1.7 % after it (6 texts, too few to promise it). Other families
 * have stated factors that were not measured.
 */
export const createEstimator = ({ model }: EstimatorOptions): ModelTokenizer => createTokenizer({ model })

/**
 * The tokenizer of a model by its name: exact where the model's encoding is public, else an estimate; `kind` says
 * which. The encoding's table is loaded on first need and shared; everything after that is synchronous.
 */
export const getTokenizer = async (model: string): Promise<ModelTokenizer> => {
  const { encoding } = detectModel(model)
  return createTokenizer({
    model,
    encoding: encoding === undefined ? undefined : await loadEncoding(encoding),
  })
}
