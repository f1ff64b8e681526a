import type { SessionBlock, SessionMessage } from './types.ts'

/** A run of messages that only makes sense as a whole: an assistant's tool uses with the results behind them. */
export interface HistoryUnit {
  /** Index of its first message. */
  start: number
  /** Index behind its last message. */
  end: number
}

/** Tool uses without a result, at the index of the message that asks for them. */
export interface DanglingToolUses {
  index: number
  /** Index behind the results that are there: where a message with the missing ones belongs. */
  end: number
  toolUseIds: string[]
}

/** Groups a history: each message on its own, but tool uses together with the result messages that follow them. */
export function groupHistory(messages: readonly SessionMessage[]): HistoryUnit[] {
  const units: HistoryUnit[] = []
  for (let start = 0; start < messages.length; ) {
    let end = start + 1
    if (toolUseIds(messages[start]).length > 0) while (isResultMessage(messages[end])) end += 1
    units.push({ start, end })
    start = end
  }
  return units
}

/** The tool uses that no result answers before the conversation goes on. Providers refuse a history that has any. */
export function danglingToolUses(messages: readonly SessionMessage[]): DanglingToolUses[] {
  const dangling: DanglingToolUses[] = []
  for (const { start, end } of groupHistory(messages)) {
    const answered = new Set(messages.slice(start + 1, end).flatMap(resultIds))
    const missing = toolUseIds(messages[start]).filter((id) => !answered.has(id))
    if (missing.length > 0) dangling.push({ index: start, end, toolUseIds: missing })
  }
  return dangling
}

/**
 * Makes a history legal for every provider: each tool use gets exactly one result, right behind its message. Missing
 * results come from `toResults`, as one message per gap; results without a use, and second results, are left out. The
 * given messages are not changed; a legal history comes back as it is.
 */
export function repairHistory<M extends SessionMessage>(
  messages: readonly M[],
  toResults: (toolUseIds: readonly string[]) => M,
): readonly M[] {
  const repaired: M[] = []
  let isLegal = true
  const keep = (before: M, after: M | undefined) => {
    if (after !== undefined) repaired.push(after)
    isLegal &&= after === before
  }
  for (const { start, end } of groupHistory(messages)) {
    const open = new Set(toolUseIds(messages[start]))
    for (const [offset, message] of messages.slice(start, end).entries()) {
      keep(message, isResultMessage(message) ? answering(message, offset === 0 ? new Set() : open) : message)
    }
    if (open.size === 0) continue
    repaired.push(toResults([...open]))
    isLegal = false
  }
  return isLegal ? messages : repaired
}

/** The message with only those results that answer an open use, which they close; undefined when nothing is left. */
function answering<M extends SessionMessage>(message: M, open: Set<string>): M | undefined {
  const { content } = message
  if (typeof content === 'string') return open.size > 0 ? message : undefined
  const kept = content.filter(
    (block) =>
      block.type !== 'tool-result' || (block.toolUseId !== undefined && open.delete(block.toolUseId)),
  )
  if (kept.length === content.length) return message
  return kept.length === 0 ? undefined : { ...message, content: kept }
}

const blocksOf = (message: SessionMessage | undefined): readonly SessionBlock[] =>
  message === undefined || typeof message.content === 'string' ? [] : message.content

const toolUseIds = (message: SessionMessage | undefined): string[] =>
  blocksOf(message).flatMap((block) =>
    block.type === 'tool-use' && block.id !== undefined ? [block.id] : [],
  )

const resultIds = (message: SessionMessage): string[] =>
  blocksOf(message).flatMap((block) =>
    block.type === 'tool-result' && block.toolUseId !== undefined ? [block.toolUseId] : [],
  )

/** True for a message that answers tool uses. */
export const isResultMessage = (message: SessionMessage | undefined): boolean =>
  message !== undefined && (message.role === 'tool' || resultIds(message).length > 0)
