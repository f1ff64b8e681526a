/*! Rank table of p50k_base: OpenAI tiktoken, MIT, Copyright (c) 2022 OpenAI, Shantanu Jain; packed by the npm package tiktoken, MIT. */
import table from 'tiktoken/encoders/p50k_base'
import type { EncodingSource } from '../bpe/encoding.ts'

/** `p50k_base`: text-davinci-002 and -003, code-davinci-002. */
export const p50kBase: EncodingSource = {
  name: 'p50k_base',
  pattern: 'p50k',
  ranks: table.bpe_ranks,
  specialTokens: { '<|endoftext|>': 50_256 },
}
