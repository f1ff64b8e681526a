import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { ContentBlock, MediaSource } from '../../types/message.ts'
import { withExtra } from '../extra.ts'
import { isJsonObject, otherFields } from '../json.ts'
import { readList, readObject, readText, required } from './read-field.ts'

const dialect = 'anthropic-messages'

/**
 * An image or a document. A text document becomes base64 of `text/plain`, which every dialect can read. One of blocks
 * does so too where they are texts, and keeps its own words beside; a source that the vocabulary has no word for (an
 * uploaded file) stays native.
 */
export const decodeMedia = (type: 'image' | 'document', block: JsonObject, path: string): ContentBlock => {
  const wire = required(readObject(block.source, `${path}.source`), `${path}.source`)
  const source = toSource(type, wire, `${path}.source`)
  if (source !== undefined) {
    return { type, source, ...withExtra(dialect, otherFields(block, ['type', 'source'])) }
  }
  const text = type === 'document' && wire.type === 'content' ? joinTexts(wire.content) : undefined
  return text === undefined ? { type: 'native', dialect, value: block } : toTextDocument(text, block)
}

/** A search result as a document of its text, with its own words beside. */
export const decodeSearchResult = (block: JsonObject, path: string): ContentBlock => {
  const head = ['title', 'source'].map((key) => readText(block[key], `${path}.${key}`) ?? '')
  const text = joinTexts(readList(block.content, `${path}.content`) ?? [])
  return text === undefined
    ? { type: 'native', dialect, value: block }
    : toTextDocument([...head, text].filter((part) => part !== '').join('\n'), block)
}

/** Under this key of its `extra` a document holds the block that it stands for, which goes back to this dialect. */
export const originalKey = 'original'

const toTextDocument = (text: string, original: JsonObject): ContentBlock => ({
  type: 'document',
  source: { kind: 'base64', mediaType: 'text/plain', data: encodeBase64Text(text) },
  ...withExtra(dialect, { [originalKey]: original }),
})

const toSource = (type: 'image' | 'document', source: JsonObject, path: string): MediaSource | undefined => {
  const read = (key: string): string => required(readText(source[key], `${path}.${key}`), `${path}.${key}`)
  if (source.type === 'url') return { kind: 'url', url: read('url') }
  if (source.type === 'base64') return { kind: 'base64', mediaType: read('media_type'), data: read('data') }
  if (type !== 'document' || source.type !== 'text') return undefined
  return { kind: 'base64', mediaType: 'text/plain', data: encodeBase64Text(read('data')) }
}

/** The text of a string or of text blocks; `undefined` where there is anything else. */
const joinTexts = (content: JsonValue | undefined): string | undefined => {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return undefined
  const texts = content.map((block) =>
    isJsonObject(block) && block.type === 'text' ? block.text : undefined,
  )
  return texts.every((text) => typeof text === 'string') ? texts.join('\n') : undefined
}

/** Base64 of UTF-8, in steps that no engine's limit on arguments is reached by. */
const encodeBase64Text = (text: string): string => {
  const bytes = new TextEncoder().encode(text)
  let binary = ''
  for (let at = 0; at < bytes.length; at += 0x2000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x2000))
  }
  return btoa(binary)
}
