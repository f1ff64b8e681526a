import type { ModelInfo } from '../models.ts'
import { imageSize } from './image-size.ts'
import { imageTokens } from './image-tokens.ts'
import type { Overheads } from './overheads.ts'
import { isRecord, type JsonRecord, jsonOf, listOf, textOf, textOrJson } from './values.ts'

/** Tokens of a file whose pages cannot be seen: two pages of text with their images. */
const documentTokens = 3_000
/** Audio is ten tokens a second; bytes a second are those of 24 kHz PCM, and of speech as it is compressed. */
const audioTokensPerSecond = 10
const pcmBytesPerSecond = 48_000
const compressedBytesPerSecond = 16_000
/** Blocks within blocks: deeper than this no provider goes; what is there counts as JSON, where a cycle is an error. */
const maxDepth = 32

/** What the parts of messages are counted with. */
export interface ContentContext {
  model: ModelInfo
  overheads: Overheads
  count(text: string): number
}

/** The base64 of a source: ours and Anthropic's `{ data }`, or a data URL. Undefined for what is elsewhere. */
const base64Of = (source: unknown): string | undefined => {
  if (typeof source === 'string') {
    const comma = source.startsWith('data:') ? source.indexOf(',') : -1
    return comma < 0 ? undefined : source.slice(comma + 1)
  }
  if (!isRecord(source)) return undefined
  if (typeof source.data === 'string') return source.data
  return typeof source.url === 'string' ? base64Of(source.url) : undefined
}

const imageBlock = (context: ContentContext, block: JsonRecord): number => {
  const source = block.image_url ?? block.source
  const detail = (isRecord(source) ? source.detail : undefined) ?? block.detail
  const base64 = base64Of(source)
  const size = base64 === undefined ? undefined : imageSize(base64)
  return imageTokens(context.model, size, detail === 'low' ? 'low' : 'high')
}

const audioBlock = (block: JsonRecord): number => {
  const source = isRecord(block.input_audio) ? block.input_audio : block.source
  const bytes = (base64Of(source)?.length ?? 0) * 0.75
  const kind = isRecord(source) ? `${textOf(source.format)}${textOf(source.mediaType)}` : ''
  const rate = /wav|pcm/.test(kind) ? pcmBytesPerSecond : compressedBytesPerSecond
  return Math.ceil((bytes / rate) * audioTokensPerSecond)
}

const documentBlock = (context: ContentContext, block: JsonRecord, depth: number): number => {
  const source = block.source
  const title = context.count(textOf(block.title)) + context.count(textOf(block.context))
  // Anthropic takes a document as plain text and as blocks, too.
  if (isRecord(source) && source.type === 'text') return title + context.count(textOf(source.data))
  if (isRecord(source) && source.type === 'content')
    return title + contentTokens(context, source.content, depth)
  return title + documentTokens
}

/** A call in any vocabulary: arguments are text or a value; the raw text wins where there is one. */
export const toolCallTokens = ({ count, overheads }: ContentContext, name: unknown, input: unknown): number =>
  overheads.toolCall + count(textOf(name)) + count(textOrJson(input ?? {}))

const blockTokens = (context: ContentContext, block: JsonRecord, depth: number): number => {
  const { count, overheads } = context
  switch (block.type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return count(textOf(block.text))
    case 'refusal':
      return count(textOf(block.refusal))
    case 'thinking':
      return count(textOf(block.thinking ?? block.text))
    case 'image':
    case 'image_url':
    case 'input_image':
      return imageBlock(context, block)
    case 'audio':
    case 'input_audio':
      return audioBlock(block)
    case 'document':
      return documentBlock(context, block, depth)
    case 'file':
    case 'input_file':
      return documentTokens
    case 'tool-use':
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      return toolCallTokens(context, block.name, block.inputText ?? block.input)
    case 'tool-result':
    case 'tool_result':
    case 'mcp_tool_result':
      return overheads.toolResult + contentTokens(context, block.content, depth)
    case 'native':
      return isRecord(block.value) ? contentTokens(context, [block.value], depth) : count(jsonOf(block.value))
    case 'redacted_thinking':
      // Encrypted: a byte of it is about a character of what was thought.
      return Math.ceil((textOf(block.data).length * 0.75) / 4)
    default:
      return count(jsonOf(block))
  }
}

/**
 * Tokens of a message's content: a string, blocks of any of the three vocabularies, or nothing. Blocks that are not
 * known count as their JSON. Nothing is ever fetched.
 */
export const contentTokens = (context: ContentContext, content: unknown, depth = 0): number => {
  if (content === undefined || content === null) return 0
  if (!Array.isArray(content) || depth > maxDepth) return context.count(textOrJson(content))
  let tokens = 0
  for (const block of listOf(content)) {
    if (isRecord(block)) tokens += blockTokens(context, block, depth + 1)
    else tokens += context.count(textOrJson(block))
  }
  return tokens
}
