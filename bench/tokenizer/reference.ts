import { createEncoding, type Encoding } from '@gateway/tokenizer'
import { o200kBase } from '@gateway/tokenizer/o200k_base'
import { get_encoding } from 'tiktoken'

/** A tokenizer of others, told to take text like `<|endoftext|>` for text. */
export interface Contender {
  name: string
  encode(text: string): ArrayLike<number>
  /** Where it counts otherwise than by the length of what it encodes. */
  count?(text: string): number
}

const wasm = get_encoding('o200k_base')

/** The reference: OpenAI's Rust core as WebAssembly. */
export const tiktoken: Contender = { name: 'tiktoken', encode: (text) => wasm.encode_ordinary(text) }

/** A new encoding of ours, which remembers nothing. */
export const createOurs = (): Encoding => createEncoding(o200kBase)

/** @throws Error when the ids are not the same. */
export const expectSameIds = (name: string, ours: ArrayLike<number>, theirs: ArrayLike<number>): void => {
  const same = ours.length === theirs.length && Array.from(ours).every((id, i) => id === theirs[i])
  if (!same) throw new Error(`${name} gives other ids: ${theirs.length} where we give ${ours.length}.`)
}

/** Microseconds of CPU time that a task takes; what else runs on the machine hardly shows. */
export const cpuTime = (task: () => unknown): number => {
  const start = process.cpuUsage()
  task()
  const { user, system } = process.cpuUsage(start)
  return user + system
}
