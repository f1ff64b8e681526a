import type { JsonObject } from '../../types/json.ts'
import type { ContentBlock, MediaBlock, MediaSource, Message, TextBlock } from '../../types/message.ts'
import { fillIn, isTagged, ownExtra, takeExtra } from '../extra.ts'
import { isJsonObject } from '../json.ts'
import { decodeBase64Text, takeForeignName, toPlainSource, toUrl } from '../media.ts'
import type { ToolIdRule } from '../tool-id.ts'
import { quote, type Warnings } from '../warnings.ts'
import { splitFields } from './own-fields.ts'
import type { ChatQuirks } from './quirks.ts'

/** What the encoding of a block depends on. */
export interface EncodeContext {
  model: string
  warnings: Warnings
  quirks: ChatQuirks
}

const dialect = 'openai-chat'

/** OpenAI takes any character in an id, and no more than 40 of them. */
export const idRule: ToolIdRule = { maxLength: 40 }

/**
 * Texts as a wire's content: one string where they are plain, since many servers take no list from system, assistant
 * and tool; parts where they were parts of this dialect, or its own fields must come along.
 */
export const encodeTexts = (
  blocks: readonly TextBlock[],
  separator: string,
  { warnings }: EncodeContext,
): string | JsonObject[] => {
  if (blocks.every((block) => !isTagged(block, dialect) && isEmpty(ownExtra(block, dialect)))) {
    // Another dialect's fields are not sent, and that is said.
    for (const block of blocks) takeExtra(block, dialect, 'a text block', warnings)
    return blocks.map((block) => block.text).join(separator)
  }
  return blocks.map((block) => encodeText(block, warnings))
}

const isEmpty = (fields: JsonObject): boolean => Object.keys(fields).length === 0

/** A message with its name, where the server takes one, and this dialect's other fields. */
export const withRest = (body: JsonObject, message: Message, context: EncodeContext): JsonObject => {
  const { warnings, quirks } = context
  const { name } = message
  const isNamed = name !== undefined && quirks.messageNames !== false
  if (name !== undefined && !isNamed) {
    warnings.add('unsupported-option', 'The name of a message is not sent: this server takes none.')
  }
  const named = isNamed ? { ...body, name } : body
  return fillIn(named, takeExtra(message, dialect, 'a message', warnings))
}

/** A user's blocks as parts; what the wire does not take is left out with a warning. */
export const encodeParts = (blocks: readonly ContentBlock[], context: EncodeContext): JsonObject[] =>
  blocks.flatMap((block) => {
    if (block.type === 'text') return [encodeText(block, context.warnings)]
    if (block.type === 'image' || block.type === 'document' || block.type === 'audio') {
      return encodeMedia(block, context)
    }
    if (block.type === 'native' && block.dialect === dialect && isJsonObject(block.value))
      return [block.value]
    return dropBlock(block, 'a user message', context)
  })

/** Leaves a block out, and says so. */
export const dropBlock = (block: ContentBlock, where: string, { warnings }: EncodeContext): [] => {
  warnings.add('dropped-block', `A block of type ${block.type} was left out: ${where} does not take it.`)
  return []
}

const encodeText = (block: TextBlock, warnings: Warnings): JsonObject =>
  fillIn({ type: 'text', text: block.text }, takeExtra(block, dialect, 'a text block', warnings))

const encodeMedia = (block: MediaBlock, context: EncodeContext): JsonObject[] => {
  const source = toPlainSource(block.source)
  const { name, rest } = isFile(block, source)
    ? takeForeignName(block, 'anthropic-messages', 'title')
    : { name: undefined, rest: block }
  const { inner, outer } = splitFields(
    takeExtra(rest, dialect, `a block of type ${block.type}`, context.warnings),
  )
  if (block.type === 'image') {
    return [fillIn({ type: 'image_url', image_url: fillIn({ url: toUrl(source) }, inner) }, outer)]
  }
  if (source.kind === 'url') {
    const message = `A block of type ${block.type} was left out: OpenAI takes no URL for it.`
    context.warnings.add('dropped-block', message)
    return []
  }
  if (block.type === 'document') {
    // OpenAI takes PDF alone as a file; the text of a text is text.
    const text = isTagged(block, dialect) ? undefined : toText(source)
    if (text !== undefined) return [{ type: 'text', text }]
    // It wants a name; what this dialect wrote itself goes back with the one that it had, or none.
    const filename = !isTagged(block, dialect) && toFileName(name, source.mediaType)
    const file = { ...(filename && { filename }), file_data: toUrl(source), ...inner }
    return [fillIn({ type: 'file', file }, outer)]
  }
  const format = audioFormats[source.mediaType]
  if (format !== undefined) {
    return [fillIn({ type: 'input_audio', input_audio: fillIn({ data: source.data, format }, inner) }, outer)]
  }
  const message = `A block of type audio (${quote(source.mediaType)}) was left out: OpenAI takes wav and mp3.`
  context.warnings.add('dropped-block', message)
  return []
}

/** Does it go as a file, and not as its text? */
const isFile = ({ type }: MediaBlock, source: MediaSource): boolean =>
  type === 'document' && source.kind === 'base64' && !source.mediaType.startsWith('text/')

const toFileName = (title: string | undefined, mediaType: string): string => {
  const name = title ?? 'document'
  // What is behind the last dot of a PDF's title may be no extension (`Version 2.0`).
  const hasExtension = mediaType === 'application/pdf' ? /\.pdf$/i : /\.[a-z]\w{1,4}$/i
  return hasExtension.test(name) ? name : `${name}.pdf`
}

const toText = ({ mediaType, data }: { mediaType: string; data: string }): string | undefined =>
  mediaType.startsWith('text/') ? decodeBase64Text(data) : undefined

const audioFormats: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/wave': 'wav',
  'audio/x-wav': 'wav',
  'audio/mp3': 'mp3',
  'audio/mpeg': 'mp3',
}
