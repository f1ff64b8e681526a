import type { ContentBlock, JsonObject, JsonValue } from '@gateway/provider'
import { ToolError } from './errors.ts'
import { isJsonObject } from './json-schema.ts'
import { cleanText, cutText, quote, shorten, utf8Length } from './text.ts'

/** What a model reads of an output. */
export interface CappedOutput {
  content: string | ContentBlock[]
  /** UTF-8 bytes of the whole output. */
  bytes: number
  truncated: boolean
}

/** Blocks that every dialect takes inside a tool result. */
type OutputBlock = Extract<ContentBlock, { type: 'text' | 'image' | 'document' | 'audio' }>

const mediaTypes = ['image', 'document', 'audio']
const blockTypes = ['text', ...mediaTypes, 'thinking', 'tool-use', 'tool-result', 'native']
const maxErrorLength = 1000

/**
 * Turns what a tool answered into what a model reads: text as it is, any other JSON value as JSON text, and
 * `{ content: ContentBlock[] }` as blocks. Cleaned of control sequences, and cut to `maxBytes` between two characters.
 * @throws ToolError `failed` on what is not JSON, and on blocks that do not belong into a tool result.
 */
export const toOutput = (output: unknown, maxBytes: number): CappedOutput => {
  if (typeof output === 'string') return capText(output, maxBytes)
  const text = toJsonText(output)
  const blocks = toBlocks(JSON.parse(text))
  return blocks === undefined ? capText(text, maxBytes) : capBlocks(blocks, maxBytes)
}

/** What went wrong as a model reads it: the message alone, shortened; no stack, no cause. */
export const toErrorOutput = (message: string): CappedOutput => {
  const content = shorten(cleanText(message), maxErrorLength)
  return { content, bytes: utf8Length(message), truncated: message.length > maxErrorLength }
}

const failed = (message: string, cause?: unknown): ToolError =>
  new ToolError(message, { code: 'failed', cause })

const toJsonText = (output: unknown): string => {
  let text: string | undefined
  try {
    text = JSON.stringify(output)
  } catch (cause) {
    throw failed('The output cannot be written as JSON: it is cyclic, too deep, or holds a BigInt.', cause)
  }
  if (text === undefined || (typeof output === 'number' && !Number.isFinite(output))) {
    throw failed(`The tool answered with ${quote(String(output))}, which is not a JSON value.`)
  }
  return text
}

const note = (kept: number, total: number): string => `[output truncated: ${kept} of ${total} bytes]`

const capText = (text: string, maxBytes: number): CappedOutput => {
  const bytes = utf8Length(text)
  if (bytes <= maxBytes) return { content: cleanText(text), bytes, truncated: false }
  // Cut before cleaning, so that the work is bounded by the limit.
  const kept = cutText(text, maxBytes)
  return { content: `${cleanText(kept.text)}\n${note(kept.bytes, bytes)}`, bytes, truncated: true }
}

const capBlocks = (blocks: OutputBlock[], maxBytes: number): CappedOutput => {
  const bytes = blocks.reduce((sum, block) => sum + sizeOf(block), 0)
  if (bytes <= maxBytes) return { content: blocks.map(cleanBlock), bytes, truncated: false }
  const content: ContentBlock[] = []
  let kept = 0
  for (const block of blocks) {
    const size = sizeOf(block)
    if (kept + size <= maxBytes) {
      content.push(cleanBlock(block))
      kept += size
      continue
    }
    // Half an image is of no use to anyone; half a text is.
    if (block.type === 'text') {
      const cut = cutText(block.text, maxBytes - kept)
      content.push({ type: 'text', text: cleanText(cut.text) })
      kept += cut.bytes
    }
    break
  }
  content.push({ type: 'text', text: note(kept, bytes) })
  return { content, bytes, truncated: true }
}

const sizeOf = (block: OutputBlock): number =>
  utf8Length(block.type === 'text' && block.extra === undefined ? block.text : JSON.stringify(block))

const cleanBlock = (block: OutputBlock): OutputBlock =>
  block.type === 'text' ? { ...block, text: cleanText(block.text) } : block

/** An object whose only key is `content`, a list of blocks; `undefined` for every other value. */
const toBlocks = (value: JsonValue): OutputBlock[] | undefined => {
  if (!isJsonObject(value) || Object.keys(value).length !== 1 || !Array.isArray(value.content))
    return undefined
  const items: JsonValue[] = value.content
  const looksLikeBlocks = items.every((item) => isJsonObject(item) && blockTypes.includes(String(item.type)))
  if (!looksLikeBlocks) return undefined
  return items.map((item, index) => {
    if (isOutputBlock(item)) return item
    const type = isJsonObject(item) ? String(item.type) : ''
    throw failed(
      `Block ${index} (${quote(type)}) of the output cannot be sent to a model: a tool answers with whole text, image, document and audio blocks.`,
    )
  })
}

const isOutputBlock = (value: JsonValue): value is JsonObject & OutputBlock => {
  if (!isJsonObject(value)) return false
  if (value.type === 'text') return typeof value.text === 'string'
  if (!mediaTypes.includes(String(value.type)) || !isJsonObject(value.source)) return false
  const { kind, mediaType, data, url } = value.source
  return kind === 'url'
    ? typeof url === 'string'
    : kind === 'base64' && typeof mediaType === 'string' && typeof data === 'string'
}
