import { parseJson } from '../json.ts'
import type { ContentEvent } from './streamed-answer.ts'

/*
 * Nothing but JSON fits these patterns, and each key has one place in them: what they find is what parsing would. A colon
 * or comma may have a space behind it; this API also pads its events with spaces before their last braces.
 */
const toPattern = (type: string, members = ''): RegExp => new RegExp(`^\\{"type": ?"${type}"${members} *\\}$`)

const index = ', ?"index": ?(0|[1-9]\\d{0,8})'
const text = '"((?:[^"\\\\\\x00-\\x1f]|\\\\(?:["\\\\/bfnrt]|u[\\da-fA-F]{4}))*)"'
const textDelta = toPattern(
  'content_block_delta',
  `${index}, ?"delta": ?\\{"type": ?"text_delta", ?"text": ?${text} *\\}`,
)
const textStart = toPattern(
  'content_block_start',
  `${index}, ?"content_block": ?\\{"type": ?"text", ?"text": ?"" *\\}`,
)
const ping = toPattern('ping')
const stop = toPattern('message_stop')

// They are hardly ever longer, and a pattern should not be tried on whatever comes.
const maxLength = 2048

/** What parsing would give of the events that all streams have; `undefined` for any other. */
export const scanEvent = (data: string): ContentEvent | { type: 'message_stop' } | 'ignored' | undefined => {
  if (data.length > maxLength) return undefined
  const delta = textDelta.exec(data)
  if (delta !== null) return toTextDelta(Number(delta[1]), delta[2] ?? '')
  const start = textStart.exec(data)
  if (start !== null) {
    return { type: 'content_block_start', index: Number(start[1]), content_block: { type: 'text', text: '' } }
  }
  if (stop.test(data)) return { type: 'message_stop' }
  return ping.test(data) ? 'ignored' : undefined
}

const toTextDelta = (index: number, raw: string): ContentEvent | undefined => {
  const text = raw.includes('\\') ? parseJson(`"${raw}"`) : raw
  if (typeof text !== 'string') return undefined
  return { type: 'content_block_delta', index, delta: { type: 'text_delta', text } }
}
