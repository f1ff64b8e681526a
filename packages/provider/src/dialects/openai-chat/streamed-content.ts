import type { StreamEvent } from '../../types/stream-event.ts'
import { toExtra } from '../extra.ts'
import { type ContentPiece, refusalFields } from './decode-content.ts'

/** Thinking, text and refusal of a streamed answer: one block as long as the kind stays the same. */
export interface StreamedContent {
  /** How many blocks have begun, tool calls among them: the index of the next one. */
  blocks: number
  open: { kind: ContentPiece['kind']; index: number } | undefined
  hasRefusal: boolean
}

/** No content yet. */
export const createStreamedContent = (): StreamedContent => ({
  blocks: 0,
  open: undefined,
  hasRefusal: false,
})

/** Gives the next block its index. */
export const claimBlock = (content: StreamedContent): number => {
  content.blocks += 1
  return content.blocks - 1
}

/** Says one piece, in the block that is open or in a new one. */
export const takePiece = (content: StreamedContent, { kind, text }: ContentPiece): StreamEvent[] => {
  const events = content.open !== undefined && content.open.kind !== kind ? closeContent(content) : []
  content.open ??= { kind, index: claimBlock(content) }
  content.hasRefusal ||= kind === 'refusal'
  return [...events, toDelta(kind, content.open.index, text)]
}

/** The event of a piece. A refusal is text to everybody; in a collected answer only the end of its block says it. */
export const toDelta = (kind: ContentPiece['kind'], index: number, text: string): StreamEvent => {
  if (kind === 'text') return { type: 'text-delta', index, text }
  return kind === 'thinking'
    ? { type: 'thinking-delta', index, text }
    : { type: 'text-delta', index, text, isRefusal: true }
}

/** Ends the open block, if there is one; what comes after it is another block. */
export const closeContent = (content: StreamedContent): StreamEvent[] => {
  const block = content.open
  content.open = undefined
  if (block === undefined) return []
  const extra = block.kind === 'refusal' ? toExtra('openai-chat', refusalFields) : undefined
  return [{ type: 'block-end', index: block.index, ...(extra !== undefined && { extra }) }]
}
