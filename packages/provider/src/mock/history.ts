import type { CompletionRequest } from '../types/completion.ts'
import type { ContentBlock, Message, ToolResultBlock, ToolUseBlock } from '../types/message.ts'

/** Where a conversation stands, as the mock sees it. */
export interface MockSituation {
  /** The text of the last message in which the user says something. */
  said: string
  /** How many answers the assistant has given to it. */
  step: number
  /** The tool results that came since the last answer. */
  results: { name: string | undefined; text: string; isError: boolean }[]
}

/** Reads what the mock answers to. A user message that holds tool results brings those and says nothing. */
export const readSituation = (messages: readonly Message[]): MockSituation => {
  const lastSaid = messages.findLastIndex(
    (message) => message.role === 'user' && resultsOf(message).length === 0 && toText(message.content) !== '',
  )
  const since = messages.slice(lastSaid + 1)
  const lastAnswer = since.findLastIndex(({ role }) => role === 'assistant')
  const names = new Map(toolUsesOf(messages).map(({ id, name }) => [id, name]))
  const said = messages[lastSaid]
  return {
    said: said === undefined ? '' : toText(said.content),
    step: since.filter(({ role }) => role === 'assistant').length,
    results: since
      .slice(lastAnswer + 1)
      .flatMap(resultsOf)
      .map(({ toolUseId, content, isError }) => ({
        name: names.get(toolUseId),
        text: toText(content),
        isError: isError === true,
      })),
  }
}

/** The number of the next `call_mock_<n>`: above every one in the history, which may have been trimmed at its start. */
export const nextCallNumber = (messages: readonly Message[]): number => {
  const numbers = toolUsesOf(messages).map(({ id }) => Number(/^call_mock_(\d{1,15})$/.exec(id)?.[1] ?? 0))
  return numbers.reduce((most, number) => Math.max(most, number), 0) + 1
}

/** Characters of everything that a model would read: text, thinking, tool calls and results, tools, system prompt. */
export const inputLength = (request: CompletionRequest): number => {
  const messages = request.messages.reduce((sum, { content }) => sum + lengthOf(content), 0)
  const tools = request.tools === undefined ? 0 : JSON.stringify(request.tools).length
  return (request.system?.length ?? 0) + messages + tools
}

/** Text blocks as they are, other media as `[image]`; blocks that are not the speaker's own words are left out. */
const toText = (content: Message['content']): string => {
  if (typeof content === 'string') return content
  return content
    .map((block) => {
      if (block.type === 'text') return block.text
      return 'source' in block ? `[${block.type}]` : ''
    })
    .filter((text) => text !== '')
    .join('\n')
}

const blocksOf = ({ content }: Message): ContentBlock[] => (typeof content === 'string' ? [] : content)

const resultsOf = (message: Message): ToolResultBlock[] =>
  blocksOf(message).filter((block) => block.type === 'tool-result')

const toolUsesOf = (messages: readonly Message[]): ToolUseBlock[] =>
  messages.flatMap(blocksOf).filter((block) => block.type === 'tool-use')

const lengthOf = (content: Message['content']): number => {
  if (typeof content === 'string') return content.length
  return content.reduce((sum, block) => {
    if (block.type === 'text' || block.type === 'thinking') return sum + block.text.length
    if (block.type === 'tool-use') {
      return sum + block.name.length + (block.inputText ?? JSON.stringify(block.input)).length
    }
    return block.type === 'tool-result' ? sum + lengthOf(block.content) : sum
  }, 0)
}
