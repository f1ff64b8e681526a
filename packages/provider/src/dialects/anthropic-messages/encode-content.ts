import type { JsonObject } from '../../types/json.ts'
import type {
  ContentBlock,
  MediaBlock,
  ThinkingBlock,
  ToolResultBlock,
  ToolUseBlock,
} from '../../types/message.ts'
import { fillIn, isTagged, takeExtra } from '../extra.ts'
import { toBlocks } from '../history.ts'
import { isJsonObject } from '../json.ts'
import { decodeBase64Text, takeForeignName, toPlainSource } from '../media.ts'
import { quote, type Warnings } from '../warnings.ts'
import { originalKey } from './decode-media.ts'
import { isSameModel } from './models.ts'
import { toWireId, toWireInput } from './wire-id.ts'

/** What the encoding of a block depends on. */
export interface EncodeContext {
  model: string
  warnings: Warnings
}

const dialect = 'anthropic-messages'

/** The wire's blocks of an assistant step; what it may not hold is left out with a warning. */
export const encodeAssistantContent = (
  content: readonly ContentBlock[],
  context: EncodeContext,
): JsonObject[] =>
  content.flatMap((block) => {
    if (block.type === 'text') return encodeText(block, context)
    if (block.type === 'thinking') return encodeThinking(block, context)
    if (block.type === 'tool-use') return [encodeToolUse(block, context)]
    return block.type === 'native'
      ? encodeNative(block, context)
      : drop(block, 'an assistant message', context)
  })

/** The wire's blocks of a user's message. */
export const encodeUserContent = (content: readonly ContentBlock[], context: EncodeContext): JsonObject[] =>
  content.flatMap((block) => {
    if (block.type === 'text') return encodeText(block, context)
    if (block.type === 'image' || block.type === 'document' || block.type === 'audio')
      return encodeMedia(block, context)
    return block.type === 'native' ? encodeNative(block, context) : drop(block, 'a user message', context)
  })

/** The answer to a tool use. An empty one is left without content, which the wire takes for an empty result. */
export const encodeToolResult = (block: ToolResultBlock, context: EncodeContext): JsonObject => {
  const extra = takeExtra(block, dialect, 'a tool result', context.warnings)
  const content =
    typeof block.content === 'string' ? block.content : encodeUserContent(toBlocks(block.content), context)
  return fillIn(
    {
      type: 'tool_result',
      tool_use_id: toWireId(block.toolUseId),
      ...(content.length > 0 && { content }),
      ...(block.isError !== undefined && { is_error: block.isError }),
    },
    extra,
  )
}

/** Text; a text of nothing but white space is refused by the wire and says nothing. */
export const encodeText = (block: ContentBlock & { type: 'text' }, context: EncodeContext): JsonObject[] => {
  if (block.text.trim() === '') return []
  return [
    fillIn({ type: 'text', text: block.text }, takeExtra(block, dialect, 'a text block', context.warnings)),
  ]
}

const encodeThinking = (block: ThinkingBlock, { model, warnings }: EncodeContext): JsonObject[] => {
  const { model: signer, ...extra } = takeExtra(block, dialect, 'a thinking block', warnings)
  const foreign = block.extra !== undefined && block.extra.dialect !== undefined && !isTagged(block, dialect)
  if (block.signature === undefined || foreign) {
    warnings.add(
      'dropped-block',
      'Thinking without a signature of Anthropic was left out: it would be refused.',
    )
    return []
  }
  if (typeof signer === 'string' && !isSameModel(signer, model)) {
    warnings.add(
      'dropped-block',
      `Thinking that ${quote(signer)} signed was left out: ${quote(model)} cannot read it.`,
    )
    return []
  }
  return [fillIn({ type: 'thinking', thinking: block.text, signature: block.signature }, extra)]
}

const encodeToolUse = (block: ToolUseBlock, { warnings }: EncodeContext): JsonObject => {
  const input = toWireInput(block)
  // Beside no text at all, which says the same as no arguments.
  if (block.inputText?.trim() && input === block.input) {
    const message =
      'Arguments of a tool use that are no JSON object were left out: Anthropic takes an object alone.'
    warnings.add('dropped-block', message)
  }
  const body = { type: 'tool_use', id: toWireId(block.id), name: block.name, input }
  return fillIn(body, takeExtra(block, dialect, 'a tool use', warnings))
}

const encodeMedia = (block: MediaBlock, context: EncodeContext): JsonObject[] => {
  const { name, rest } = takeForeignName(block, 'openai-chat', 'filename')
  const extra = takeExtra(rest, dialect, `a block of type ${block.type}`, context.warnings)
  if (isJsonObject(extra[originalKey])) return [extra[originalKey]]
  const source = encodeSource(block)
  if (block.type === 'audio' || source === undefined) return drop(block, 'this dialect', context)
  return [fillIn({ type: block.type, source, ...(name !== undefined && { title: toTitle(name) }) }, extra)]
}

// https://docs.claude.com/en/api/messages: a longer title is refused.
const maxTitleLength = 500

const toTitle = (name: string): string =>
  name.length > maxTitleLength ? [...name].slice(0, maxTitleLength).join('') : name

/** The wire's source of an image or a document; `undefined` for a document of a type that it does not take. */
const encodeSource = (block: MediaBlock): JsonObject | undefined => {
  const source = toPlainSource(block.source)
  if (source.kind === 'url') return { type: 'url', url: source.url }
  const { mediaType, data } = source
  if (block.type === 'image' || mediaType === 'application/pdf')
    return { type: 'base64', media_type: mediaType, data }
  const text = mediaType.startsWith('text/') ? decodeBase64Text(data) : undefined
  return text === undefined ? undefined : { type: 'text', media_type: 'text/plain', data: text }
}

const encodeNative = (
  block: ContentBlock & { type: 'native' },
  { model, warnings }: EncodeContext,
): JsonObject[] => {
  const type = isJsonObject(block.value) ? block.value.type : undefined
  if (block.dialect !== dialect || !isJsonObject(block.value)) {
    warnings.add(
      'dropped-block',
      `A block of ${block.dialect} (${quote(type)}) was left out: only that dialect takes it.`,
    )
    return []
  }
  if (block.model !== undefined && !isSameModel(block.model, model)) {
    warnings.add(
      'dropped-block',
      `A ${quote(type)} block of ${quote(block.model)} was left out: only that model takes it.`,
    )
    return []
  }
  return [block.value]
}

const drop = (block: ContentBlock, where: string, { warnings }: EncodeContext): JsonObject[] => {
  const media =
    'source' in block && block.source.kind === 'base64' ? ` (${quote(block.source.mediaType)})` : ''
  warnings.add(
    'dropped-block',
    `A block of type ${block.type}${media} was left out: ${where} does not take it.`,
  )
  return []
}
