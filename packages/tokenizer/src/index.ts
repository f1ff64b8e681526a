export { createEncoding, type Encoding, type EncodingSource } from './bpe/encoding.ts'
export { type CountAsyncOptions, countAsync } from './count-async.ts'
export { loadEncoding } from './encodings/load.ts'
export { isTokenizerError, TokenizerError, type TokenizerErrorCode } from './errors.ts'
export { detectModel, type ModelFamily, type ModelInfo } from './models.ts'
export { createStreamCounter, type StreamCounter, type StreamUsage } from './stream-counter.ts'
export {
  createEstimator,
  createTokenizer,
  type EstimatorOptions,
  getTokenizer,
  type TokenizerOptions,
} from './tokenizer.ts'
export type { CountableMessage, EncodingName, ModelTokenizer, RunningCount, Tokenizer } from './types.ts'
export { addUsage, type TokenUsage } from './usage.ts'
