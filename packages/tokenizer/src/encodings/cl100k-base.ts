/*! Rank table of cl100k_base: OpenAI tiktoken, MIT, Copyright (c) 2022 OpenAI, Shantanu Jain; packed by the npm package tiktoken, MIT. */
import table from 'tiktoken/encoders/cl100k_base'
import type { EncodingSource } from '../bpe/encoding.ts'

/** `cl100k_base`: gpt-4, gpt-3.5-turbo, text-embedding-3. */
export const cl100kBase: EncodingSource = {
  name: 'cl100k_base',
  pattern: 'cl100k',
  ranks: table.bpe_ranks,
  specialTokens: {
    '<|endoftext|>': 100_257,
    '<|fim_prefix|>': 100_258,
    '<|fim_middle|>': 100_259,
    '<|fim_suffix|>': 100_260,
    '<|endofprompt|>': 100_276,
  },
}
