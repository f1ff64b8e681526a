import { createEncoding, type Encoding } from '@gateway/tokenizer'
import { o200kBase } from '@gateway/tokenizer/o200k_base'
import { Tokenizer as AiTokenizer } from 'ai-tokenizer'
import * as aiO200k from 'ai-tokenizer/encoding/o200k_base'
import { countTokens as gptCount, encode as gptEncode } from 'gpt-tokenizer/encoding/o200k_base'
import { Tiktoken as JsTiktoken } from 'js-tiktoken/lite'
import jsO200k from 'js-tiktoken/ranks/o200k_base'
import { get_encoding } from 'tiktoken'

/** A tokenizer of others, told to take text like `<|endoftext|>` for text. */
export interface Contender {
  name: string
  encode(text: string): ArrayLike<number>
  /** Where it counts otherwise than by the length of what it encodes. */
  count?(text: string): number
}

const wasm = get_encoding('o200k_base')
const ai = new AiTokenizer(aiO200k)
const js = new JsTiktoken(jsO200k)
const ordinary = { disallowedSpecial: new Set<string>() }

/** The reference: OpenAI's Rust core as WebAssembly. */
export const tiktoken: Contender = { name: 'tiktoken', encode: (text) => wasm.encode_ordinary(text) }
export const jsTiktoken: Contender = { name: 'js-tiktoken', encode: (text) => js.encode(text, [], []) }
export const gptTokenizer: Contender = {
  name: 'gpt-tokenizer',
  encode: (text) => gptEncode(text, ordinary),
  count: (text) => gptCount(text, ordinary),
}
export const aiTokenizer: Contender = { name: 'ai-tokenizer', encode: (text) => ai.encode(text, [], []) }

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
