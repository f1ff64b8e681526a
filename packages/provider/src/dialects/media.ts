import type { DialectName, Extensible, MediaSource } from '../types/message.ts'

const base64Url = /^data:([^;,]+)(?:;[^;,]*)*;base64,/i

/** A data URL with base64 content becomes the base64 source that it is; every other source stays. */
export const toPlainSource = (source: MediaSource): MediaSource => {
  if (source.kind !== 'url') return source
  const head = base64Url.exec(source.url)
  const mediaType = head?.[1]
  if (head === null || mediaType === undefined) return source
  return { kind: 'base64', mediaType: toMediaType(mediaType), data: source.url.slice(head[0].length) }
}

/** A media type by its registered name. */
const toMediaType = (written: string): string => {
  const type = written.toLowerCase()
  // OpenAI takes both, Anthropic only what is registered.
  return type === 'image/jpg' ? 'image/jpeg' : type
}

/** The URL of a source; base64 becomes a data URL. */
export const toUrl = (source: MediaSource): string =>
  source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`

/**
 * A document's name in another dialect's words (Anthropic's `title`, OpenAI's `filename`), and the block without it, so
 * that nobody is warned of what is sent.
 */
export const takeForeignName = <T extends Extensible>(
  block: T,
  origin: DialectName,
  field: 'title' | 'filename',
): { name: string | undefined; rest: T } => {
  const name = block.extra?.dialect === origin ? block.extra[field] : undefined
  if (typeof name !== 'string' || name === '') return { name: undefined, rest: block }
  return { name, rest: { ...block, extra: { ...block.extra, [field]: undefined } } }
}

/** The text of base64 UTF-8, or `undefined` where it is not base64. */
export const decodeBase64Text = (data: string): string | undefined => {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(data), (char) => char.charCodeAt(0)))
  } catch {
    // Not base64: the caller says what cannot be sent.
    return undefined
  }
}
