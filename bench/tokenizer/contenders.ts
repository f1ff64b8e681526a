import { Tokenizer as AiTokenizer } from 'ai-tokenizer'
import * as aiO200k from 'ai-tokenizer/encoding/o200k_base'
import { countTokens as gptCount, encode as gptEncode } from 'gpt-tokenizer/encoding/o200k_base'
import { Tiktoken as JsTiktoken } from 'js-tiktoken/lite'
import jsO200k from 'js-tiktoken/ranks/o200k_base'
import type { Contender } from './reference.ts'

const ai = new AiTokenizer(aiO200k)
const js = new JsTiktoken(jsO200k)
const ordinary = { disallowedSpecial: new Set<string>() }

export const jsTiktoken: Contender = { name: 'js-tiktoken', encode: (text) => js.encode(text, [], []) }
export const gptTokenizer: Contender = {
  name: 'gpt-tokenizer',
  encode: (text) => gptEncode(text, ordinary),
  count: (text) => gptCount(text, ordinary),
}
export const aiTokenizer: Contender = { name: 'ai-tokenizer', encode: (text) => ai.encode(text, [], []) }
