import type { ModelFamily } from '../models.ts'
import { type Feature, features } from './features.ts'

type Group = 'letters' | 'digits' | 'symbols' | 'symbolRuns' | 'foreign'

/**
 * Tokens per feature and the group whose factor applies. Fitted by least squares on the relative error against
 * `cl100k_base` over 6,175 excerpts of documentation, source code, JSON and messages in 13 languages; median error
 * there 3.7 % for prose, 4.6 % for code, 2.8 % for JSON, 3 to 17 % by language.
 */
const base = {
  word: [0.94, 'letters'],
  gluedWord: [0.779, 'letters'],
  longWord: [0.309, 'letters'],
  longerWord: [0.443, 'letters'],
  number: [0.834, 'digits'],
  digit: [0.442, 'digits'],
  symbol: [0.797, 'symbols'],
  symbolPair: [0.067, 'symbols'],
  symbolRepeat: [0.012, 'symbols'],
  symbolRun: [1, 'symbolRuns'],
  spacedSymbol: [1.117, 'symbols'],
  lineBreak: [0.521, 'symbols'],
  spaceRun: [0.378, 'symbols'],
  latin: [1.966, 'foreign'],
  cyrillicGreek: [0.411, 'foreign'],
  hebrewArabic: [0.887, 'foreign'],
  indicThai: [1.318, 'foreign'],
  han: [1.091, 'foreign'],
  kana: [0.913, 'foreign'],
  hangul: [1.036, 'foreign'],
  typographic: [1.014, 'symbols'],
  fullWidth: [1.383, 'foreign'],
  otherSymbol: [0.695, 'symbols'],
  emojiHalf: [1.707, 'symbols'],
} satisfies Record<Feature, [number, Group]>

/**
 * Factors on these weights, by family.
 *
 * The two Claude rows are fitted to token counts that the provider reported for 106 texts, ridge regression towards
 * one common factor: up to 4.6 on 100 texts, later on 6 (hence one factor; `symbolRuns` there is the earlier one in
 * proportion). Judged on held-back texts of 40 tokens and more (10 folds, near-duplicates in one fold; leave one out):
 * median error 4.2 % and 64 of 64 within 15 % up to 4.6, of which prose 3.9 % (n = 57), JSON 8.3 % (n = 6), code n = 1;
 * 1.7 % and 6 of 6 after it (4 with code). There are no reported counts for other scripts, where the common factor
 * stands.
 *
 * `symbolRuns` is what JSON without spaces costs more than `cl100k_base` says, whose tokens hold up to four symbols.
 *
 * The others are stated, not measured: from what the makers publish about their vocabularies and, for Chinese, about
 * tokens per character (DeepSeek: 0.6).
 */
const factors = {
  gpt: { letters: 1, digits: 1, symbols: 1, symbolRuns: 0, foreign: 0.7 },
  claude: { letters: 1.065, digits: 1.083, symbols: 1.14, symbolRuns: 0.86, foreign: 1.1 },
  'claude-next': { letters: 1.4, digits: 1.4, symbols: 1.4, symbolRuns: 1.1, foreign: 1.4 },
  gemini: { letters: 1, digits: 1.5, symbols: 1, symbolRuns: 0, foreign: 0.6 },
  llama: { letters: 1, digits: 1, symbols: 1, symbolRuns: 0, foreign: 0.8 },
  mistral: { letters: 1.05, digits: 1.5, symbols: 1.05, symbolRuns: 0, foreign: 0.8 },
  qwen: { letters: 1, digits: 1.5, symbols: 1, symbolRuns: 0, foreign: 0.6 },
  deepseek: { letters: 1, digits: 1, symbols: 1, symbolRuns: 0, foreign: 0.6 },
  // On the high side: who budgets by it had better have room left than too little.
  unknown: { letters: 1.1, digits: 1.1, symbols: 1.1, symbolRuns: 0, foreign: 1 },
} satisfies Record<ModelFamily, Record<Group, number>>

/** Tokens per feature for a family, in the order of `features`. */
export const weightsOf = (family: ModelFamily): Float64Array =>
  Float64Array.from(features, (feature) => {
    const [weight, group] = base[feature]
    return weight * factors[family][group]
  })
