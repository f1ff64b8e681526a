import type { ContentBlock, Message } from '@gateway/provider'
import type { StoredMessage } from '@gateway/session'

/** The blocks of a partial answer that may be kept: whole in themselves and legal in a history. */
export const keepable = (blocks: readonly ContentBlock[]): ContentBlock[] =>
  // A tool use that never ran would have no result; a native block may be half of a pair.
  blocks.filter((block) => (block.type === 'text' || block.type === 'thinking') && block.text !== '')

/** Stored messages as a request carries them. */
export const toHistory = (stored: readonly StoredMessage<Message>[]): Message[] => {
  const history: Message[] = []
  for (const { message, partial } of stored) {
    const content =
      partial === true && typeof message.content !== 'string'
        ? // Thinking that was cut has no signature, and no provider takes it back without one.
          message.content.filter((block) => block.type !== 'thinking')
        : message.content
    if (content.length > 0) history.push(content === message.content ? message : { ...message, content })
  }
  return history
}

/** The ids of all tool uses of a history. */
export const toolUseIds = (stored: readonly StoredMessage<Message>[]): Set<string> => {
  const ids = new Set<string>()
  for (const { message } of stored) {
    if (typeof message.content === 'string') continue
    for (const block of message.content) if (block.type === 'tool-use') ids.add(block.id)
  }
  return ids
}
