import type { JsonObject, JsonValue } from '../../types/json.ts'
import type { ContentBlock, MediaBlock } from '../../types/message.ts'
import { isJsonObject } from '../json.ts'
import { toPlainSource } from '../media.ts'
import { innerText } from './decode-content.ts'
import { invalid, optionalText, requireList, requireObject, requireText, restOf } from './fields.ts'
import { joinFields, plainFields } from './own-fields.ts'

const dialect = 'openai-chat'

/** The content of a request's message: text as it is, parts as blocks. `null` is the error of a field that is missing. */
export const decodeContent = (value: JsonValue | undefined, path: string): string | ContentBlock[] => {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) {
    const found = value == null ? 'missing' : isJsonObject(value) ? 'an object' : `a ${typeof value}`
    throw invalid(path, `'${path}' must be a string or a list of parts; it is ${found}.`)
  }
  return requireList(value, path, 'parts').map((part, at) =>
    decodePart(requireObject(part, `${path}[${at}]`), `${path}[${at}]`),
  )
}

const decodePart = (part: JsonObject, path: string): ContentBlock => {
  const type = requireText(part.type, `${path}.type`)
  if (type === 'text') {
    const extra = plainFields(restOf(part, ['type', 'text']))
    return { type: 'text', text: requireText(part.text, `${path}.text`), extra }
  }
  if (type === 'image_url') return decodeImage(part, path)
  if (type === 'input_audio') return decodeAudio(part, path)
  if (type === 'file') return decodeFile(part, path)
  if (type === 'refusal') {
    const extra = { dialect, type: 'refusal', ...restOf(part, ['type', 'refusal']) }
    return { type: 'text', text: requireText(part.refusal, `${path}.refusal`), extra }
  }
  if (type === 'thinking') return decodeThinkingPart(part)
  // A kind that came later than this list: only this dialect can carry it.
  return { type: 'native', dialect, value: part }
}

const decodeImage = (part: JsonObject, path: string): MediaBlock => {
  // Some clients write the URL alone.
  const image = typeof part.image_url === 'string' ? { url: part.image_url } : part.image_url
  const inner = requireObject(image, `${path}.image_url`)
  const source = toPlainSource({ kind: 'url', url: requireText(inner.url, `${path}.image_url.url`) })
  return { type: 'image', source, extra: joinFields(restOf(inner, ['url']), outerFields(part, 'image_url')) }
}

const decodeAudio = (part: JsonObject, path: string): MediaBlock => {
  const audio = requireObject(part.input_audio, `${path}.input_audio`)
  const data = requireText(audio.data, `${path}.input_audio.data`)
  const format = requireText(audio.format, `${path}.input_audio.format`)
  const mediaType = format === 'mp3' ? 'audio/mpeg' : `audio/${format}`
  const extra = joinFields(restOf(audio, ['data', 'format']), outerFields(part, 'input_audio'))
  return { type: 'audio', source: { kind: 'base64', mediaType, data }, extra }
}

const decodeFile = (part: JsonObject, path: string): ContentBlock => {
  const file = requireObject(part.file, `${path}.file`)
  const data = optionalText(file.file_data, `${path}.file.file_data`)
  // A file that lies with OpenAI is nobody else's to read.
  if (data === undefined) return { type: 'native', dialect, value: part }
  const source = toPlainSource({ kind: 'url', url: data })
  const extra = joinFields(restOf(file, ['file_data']), outerFields(part, 'file'))
  if (source.kind === 'base64' || data.startsWith('data:')) return { type: 'document', source, extra }
  return { type: 'document', source: { kind: 'base64', mediaType: toMediaType(file.filename), data }, extra }
}

/** Bare base64 is told by its file name; OpenAI itself takes PDF before all else. */
const toMediaType = (filename: JsonValue | undefined): string =>
  typeof filename === 'string' && /\.(?:txt|md)$/i.test(filename) ? 'text/plain' : 'application/pdf'

/** Thinking as a part (Mistral, and clients that hand on what a Claude model said). */
const decodeThinkingPart = (part: JsonObject): ContentBlock => ({
  type: 'thinking',
  text: innerText(part.thinking),
  ...(typeof part.signature === 'string' && part.signature !== '' && { signature: part.signature }),
})

const outerFields = (part: JsonObject, inner: string): JsonObject => restOf(part, ['type', inner])
