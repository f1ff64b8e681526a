import type { StreamEvent } from '../../types/stream-event.ts'
import { toExtra } from '../extra.ts'
import { type ContentPiece, refusalFields } from './decode-content.ts'

/** Thinking, text and refusal of a streamed answer: one block as long as the kind stays the same. */
export interface StreamedContent {
  take(piece: ContentPiece): StreamEvent[]
  /** Ends the open block, if there is one; what comes after it is another block. */
  close(): StreamEvent[]
  hasRefusal(): boolean
}

/** No content yet. `claim` gives the next block its index. */
export const createStreamedContent = (claim: () => number): StreamedContent => {
  let open: { kind: ContentPiece['kind']; index: number } | undefined
  let hasRefusal = false

  const close = (): StreamEvent[] => {
    const block = open
    open = undefined
    if (block === undefined) return []
    const extra = block.kind === 'refusal' ? toExtra('openai-chat', refusalFields) : undefined
    return [{ type: 'block-end', index: block.index, ...(extra !== undefined && { extra }) }]
  }

  return {
    take({ kind, text }) {
      const events = open !== undefined && open.kind !== kind ? close() : []
      open ??= { kind, index: claim() }
      hasRefusal ||= kind === 'refusal'
      // A refusal is text to everybody; only its end says what it was.
      const type = kind === 'thinking' ? 'thinking-delta' : 'text-delta'
      return [...events, { type, index: open.index, text }]
    },
    close,
    hasRefusal: () => hasRefusal,
  }
}
