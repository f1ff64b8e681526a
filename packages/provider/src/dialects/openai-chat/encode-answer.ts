import type { JsonObject } from '../../types/json.ts'
import type {
  ContentBlock,
  NativeBlock,
  TextBlock,
  ThinkingBlock,
  ToolUseBlock,
} from '../../types/message.ts'
import { fillIn, ownExtra } from '../extra.ts'
import { isJsonObject } from '../json.ts'
import { type AnswerForm, argumentsOf, freeText } from './answer-form.ts'
import { encodeDetail, encodeHidden } from './reasoning-details.ts'

const dialect = 'openai-chat'

/** An answer's blocks as the one message that this wire has for them; blocks of other dialects are not in it. */
export const encodeMessage = (content: readonly ContentBlock[], form: AnswerForm): JsonObject => {
  const text: string[] = []
  const refusal: string[] = []
  const thinking: ThinkingBlock[] = []
  const details: JsonObject[] = []
  const calls: JsonObject[] = []
  for (const block of content) {
    if (block.type === 'text') (isRefusal(block) ? refusal : text).push(block.text)
    else if (block.type === 'thinking') {
      thinking.push(block)
      if (block.signature !== undefined) details.push(encodeDetail(block, details.length))
    } else if (block.type === 'tool-use') calls.push(encodeCall(block, form))
    else if (block.type === 'native' && block.dialect === dialect && isJsonObject(block.value)) {
      calls.push(block.value)
    } else if (block.type === 'native') details.push(...hidden(block, details.length))
  }
  const said = text.join('')
  const isSilent = said === '' && (calls.length > 0 || refusal.length > 0)
  const reasoning = thinking.map((block) => block.text).join('')
  return {
    role: 'assistant',
    content: isSilent ? null : said,
    refusal: refusal.length > 0 ? refusal.join('') : null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...toCallFields(calls, form),
  }
}

const hidden = (block: NativeBlock, index: number): JsonObject[] => {
  const detail = encodeHidden(block, index)
  return detail === undefined ? [] : [detail]
}

const isRefusal = (block: TextBlock): boolean => ownExtra(block, dialect).type === 'refusal'

/** A legacy client reads one call, without its id; it asks for no more than one. */
const toCallFields = (calls: readonly JsonObject[], form: AnswerForm): JsonObject => {
  const [first, ...others] = calls
  if (first === undefined) return {}
  if (!form.isLegacy || first.function === undefined) return { tool_calls: [...calls] }
  return { function_call: first.function, ...(others.length > 0 && { tool_calls: others }) }
}

const encodeCall = (block: ToolUseBlock, form: AnswerForm): JsonObject => {
  const { id, name, input } = block
  const text = argumentsOf(block)
  const call = form.custom.has(name)
    ? { id, type: 'custom', custom: { name, input: freeText(text, input) } }
    : { id, type: 'function', function: { name, arguments: text } }
  return fillIn(call, ownExtra(block, dialect))
}
