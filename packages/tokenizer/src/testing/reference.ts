import { get_encoding, type Tiktoken } from 'tiktoken'
import { createEncoding, type Encoding } from '../bpe/encoding.ts'
import { cl100kBase } from '../encodings/cl100k-base.ts'
import { o200kBase } from '../encodings/o200k-base.ts'
import { p50kBase } from '../encodings/p50k-base.ts'

/** One of our encodings and the reference: tiktoken's own Rust core, compiled to WebAssembly. */
export interface ComparedEncoding {
  name: 'o200k_base' | 'cl100k_base' | 'p50k_base'
  ours: Encoding
  /** Ids by the reference, special tokens taken as ordinary text. */
  reference(text: string): number[]
}

const compare = (name: ComparedEncoding['name'], ours: Encoding): ComparedEncoding => {
  const theirs: Tiktoken = get_encoding(name)
  return { name, ours, reference: (text) => Array.from(theirs.encode_ordinary(text)) }
}

/** The three tables; `o200k_harmony` has that of `o200k_base`. */
export const comparedEncodings: readonly ComparedEncoding[] = [
  compare('o200k_base', createEncoding(o200kBase)),
  compare('cl100k_base', createEncoding(cl100kBase)),
  compare('p50k_base', createEncoding(p50kBase)),
]
