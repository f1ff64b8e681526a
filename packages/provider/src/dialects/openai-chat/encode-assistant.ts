import type { JsonObject } from '../../types/json.ts'
import type {
  ContentBlock,
  Message,
  NativeBlock,
  TextBlock,
  ThinkingBlock,
  ToolUseBlock,
} from '../../types/message.ts'
import { fillIn, isTagged, ownExtra, takeExtra } from '../extra.ts'
import { isJsonObject } from '../json.ts'
import { toToolId } from '../tool-id.ts'
import { quote } from '../warnings.ts'
import { dropBlock, type EncodeContext, encodeTexts, idRule, withRest } from './encode-content.ts'
import { wantsThinkingBack } from './models.ts'
import { toWireName } from './tool-names.ts'

/** The blocks of a step by the field of the wire that they go to. */
interface Sorted {
  texts: TextBlock[]
  refusals: TextBlock[]
  thinking: ThinkingBlock[]
  calls: JsonObject[]
}

/** An assistant's step as one message, or none where nothing of it can be sent. */
export const encodeAssistant = (
  message: Message,
  content: readonly ContentBlock[],
  context: EncodeContext,
): JsonObject[] => {
  const { texts, refusals, thinking, calls } = sort(content, context)
  const text = encodeTexts(texts, '', context)
  const isSilent = text.length === 0
  const isEmpty = isSilent && refusals.length === 0 && calls.length === 0 && texts.length === 0
  // The audio of an answer goes back as a field of a message that may have nothing else.
  if (isEmpty && !isTagged(message, 'openai-chat')) return []
  const body = {
    role: 'assistant',
    // The wire has null for a step without text; many servers refuse an empty string there.
    content: isSilent && (calls.length > 0 || refusals.length > 0 || isEmpty) ? null : text,
    ...(refusals.length > 0 && { refusal: refusals.map((block) => block.text).join('') }),
    ...encodeReasoning(thinking, calls.length > 0, context),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  return [withRest(body, message, context)]
}

const sort = (content: readonly ContentBlock[], context: EncodeContext): Sorted => {
  const sorted: Sorted = { texts: [], refusals: [], thinking: [], calls: [] }
  for (const block of content) {
    if (block.type === 'text') (isRefusal(block) ? sorted.refusals : sorted.texts).push(block)
    else if (block.type === 'thinking') sorted.thinking.push(block)
    else if (block.type === 'tool-use') sorted.calls.push(encodeToolUse(block, context))
    else if (block.type === 'native') sorted.calls.push(...encodeNative(block, context))
    else dropBlock(block, 'an assistant message', context)
  }
  return sorted
}

const isRefusal = (block: TextBlock): boolean => ownExtra(block, 'openai-chat').type === 'refusal'

const encodeReasoning = (
  thinking: readonly ThinkingBlock[],
  hasCalls: boolean,
  { model, quirks, warnings }: EncodeContext,
): JsonObject => {
  if (thinking.length === 0) return {}
  const field = quirks.reasoningField ?? (wantsThinkingBack(model) ? 'reasoning_content' : 'none')
  if (field === 'none') {
    warnings.add('dropped-block', 'Thinking was left out: this provider does not take it back.')
    return {}
  }
  // Calls are refused without any; beside them a model is not told another one's thoughts as its own, unasked.
  const sent = quirks.reasoningField || hasCalls ? thinking : thinking.filter((block) => !isForeign(block))
  if (sent.length < thinking.length) {
    warnings.add('dropped-block', 'Thinking was left out: it is that of a model of another provider.')
  }
  return sent.length === 0 ? {} : { [field]: sent.map((block) => block.text).join('') }
}

/** Nothing of this wire is signed. */
const isForeign = ({ signature, extra }: ThinkingBlock): boolean =>
  Boolean(signature) || (extra?.dialect !== undefined && extra.dialect !== 'openai-chat')

const encodeToolUse = (block: ToolUseBlock, { warnings }: EncodeContext): JsonObject => {
  const extra = takeExtra(block, 'openai-chat', 'a tool use', warnings)
  const id = toToolId(block.id, idRule)
  const name = toWireName(block.name)
  if (extra.type === 'custom') {
    const { input } = block.input
    return fillIn({ id, type: 'custom', custom: { name, input: input ?? toArguments(block) } }, extra)
  }
  return fillIn({ id, type: 'function', function: { name, arguments: toArguments(block) } }, extra)
}

/** The raw text wins, but no text at all is not JSON, and servers that parse the history refuse it. */
const toArguments = ({ inputText, input }: ToolUseBlock): string => inputText || JSON.stringify(input)

/** Calls of a kind that we do not model go back as they came; nothing else of this dialect is a block. */
const encodeNative = (block: NativeBlock, context: EncodeContext): JsonObject[] => {
  const { value } = block
  if (block.dialect === 'openai-chat' && isJsonObject(value) && typeof value.id === 'string') return [value]
  const type = isJsonObject(value) ? value.type : undefined
  const message = `A block of ${block.dialect} (${quote(type)}) was left out: only that dialect takes it.`
  context.warnings.add('dropped-block', message)
  return []
}
