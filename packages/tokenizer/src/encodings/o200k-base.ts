/*! Rank table of o200k_base: OpenAI tiktoken, MIT, Copyright (c) 2022 OpenAI, Shantanu Jain; packed by the npm package tiktoken, MIT. */
import table from 'tiktoken/encoders/o200k_base'
import type { EncodingSource } from '../bpe/encoding.ts'

/** `o200k_base`: gpt-4o, gpt-4.1, gpt-5, the o series. */
export const o200kBase: EncodingSource = {
  name: 'o200k_base',
  pattern: 'o200k',
  ranks: table.bpe_ranks,
  specialTokens: { '<|endoftext|>': 199_999, '<|endofprompt|>': 200_018 },
}

const harmonyReserved = (first: number, last: number): Record<string, number> =>
  Object.fromEntries(
    Array.from({ length: last - first + 1 }, (_, i) => [`<|reserved_${first + i}|>`, first + i]),
  )

/** `o200k_harmony`: gpt-oss. The tokens of `o200k_base` with other special tokens, in the names of its chat format. */
export const o200kHarmony: EncodingSource = {
  ...o200kBase,
  name: 'o200k_harmony',
  specialTokens: {
    ...harmonyReserved(200_013, 201_087),
    '<|startoftext|>': 199_998,
    '<|endoftext|>': 199_999,
    ...harmonyReserved(200_000, 200_001),
    '<|return|>': 200_002,
    '<|constrain|>': 200_003,
    ...harmonyReserved(200_004, 200_004),
    '<|channel|>': 200_005,
    '<|start|>': 200_006,
    '<|end|>': 200_007,
    '<|message|>': 200_008,
    ...harmonyReserved(200_009, 200_011),
    '<|call|>': 200_012,
  },
}
