import { isJsonObject } from '../dialects/json.ts'
import type { CompletionRequest } from '../types/completion.ts'
import type { ForwardRequest } from '../types/forward.ts'
import type { JsonValue } from '../types/json.ts'
import type { RequestHints } from './planner.ts'

/** What routing may look at of a client's body, in whichever dialect it is. */
export const bodyHints = ({ body, value }: Pick<ForwardRequest, 'body' | 'value'>): RequestHints => {
  const limit = value.max_completion_tokens ?? value.max_tokens
  const task = isJsonObject(value.metadata) ? value.metadata.task : undefined
  return {
    length: body.byteLength,
    maxTokens: typeof limit === 'number' ? limit : undefined,
    task: typeof task === 'string' ? task : undefined,
    lastText: () => lastText(value.messages),
  }
}

/** The same of a request in the vocabulary. */
export const requestHints = (request: CompletionRequest): RequestHints => ({
  length: request.messages.reduce((sum, { content }) => sum + lengthOf(content), request.system?.length ?? 0),
  maxTokens: request.maxTokens,
  task: request.metadata?.task,
  lastText: () => {
    const content = request.messages.findLast(({ role }) => role === 'user')?.content
    if (content === undefined || typeof content === 'string') return content ?? ''
    return content.map((block) => (block.type === 'text' ? block.text : '')).join('\n')
  },
})

const lengthOf = (content: CompletionRequest['messages'][number]['content']): number =>
  typeof content === 'string'
    ? content.length
    : content.reduce((sum, block) => sum + (block.type === 'text' ? block.text.length : 400), 0)

const lastText = (messages: JsonValue | undefined): string => {
  if (!Array.isArray(messages)) return ''
  const last = messages.findLast((message) => isJsonObject(message) && message.role === 'user')
  const content = isJsonObject(last) ? last.content : undefined
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part) => (isJsonObject(part) && typeof part.text === 'string' ? part.text : ''))
    .join('\n')
}
