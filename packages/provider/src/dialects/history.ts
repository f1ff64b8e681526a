import { ProviderError } from '../errors.ts'
import type { ContentBlock, Message, ToolResultBlock } from '../types/message.ts'
import { isJsonObject } from './json.ts'
import { quote, type Warnings } from './warnings.ts'

/** A history that every dialect accepts: each assistant step with tool uses is followed by all of their results. */
export type HistoryStep =
  | { kind: 'system' | 'user' | 'assistant'; message: Message; content: ContentBlock[] }
  | { kind: 'results'; results: ToolResultBlock[] }

/** The tool uses of the latest assistant step and the results seen so far. */
interface OpenUses {
  assistant: Extract<HistoryStep, { message: Message }>
  /** By id, in the order of the uses; a use that only its dialect understands need not be answered. */
  uses: Map<string, { required: boolean; result?: ToolResultBlock }>
  results: ToolResultBlock[]
}

/**
 * Puts messages into the order that both wires demand: the results of a step directly after it, in the order of its
 * uses, one for each. A missing result becomes an error result, a result without its use is left out, both with a
 * warning, since either would be refused by every provider.
 *
 * ProviderError `invalid-request` for a tool message with anything but tool results.
 */
export const toHistory = (messages: readonly Message[], warnings: Warnings): HistoryStep[] => {
  const steps: HistoryStep[] = []
  let open: OpenUses | undefined

  const close = () => {
    if (open !== undefined) open.results.push(...answers(open, warnings))
    open = undefined
  }

  for (const message of messages) {
    const content = toBlocks(message.content)
    if (message.role === 'system') {
      steps.push({ kind: 'system', message, content })
      continue
    }
    if (message.role === 'assistant') {
      if (open !== undefined && isUnanswered(open, steps)) {
        // One step that a client wrote as several messages: its results must not come between them.
        open.assistant.content.push(...content)
        addUses(open, content)
        continue
      }
      close()
      const assistant: OpenUses['assistant'] = { kind: 'assistant', message, content: [...content] }
      const results: ToolResultBlock[] = []
      open = { assistant, uses: new Map(), results }
      addUses(open, content)
      steps.push(assistant, { kind: 'results', results })
      continue
    }
    const rest = takeResults(content, open, warnings)
    if (message.role === 'tool' && rest.length > 0) throw strayToolContent(rest)
    if (rest.length > 0) steps.push({ kind: 'user', message, content: rest })
  }
  close()
  return steps.filter((step) => step.kind !== 'results' || step.results.length > 0)
}

/** A message's content as blocks. */
export const toBlocks = (content: string | readonly ContentBlock[]): ContentBlock[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : [...content]

/** Does this step wait for results, with nothing said since? System messages say nothing in between. */
const isUnanswered = (open: OpenUses, steps: readonly HistoryStep[]): boolean =>
  open.uses.size > 0 &&
  [...open.uses.values()].every((use) => use.result === undefined) &&
  steps.findLast((step) => step.kind !== 'system' && step.kind !== 'results') === open.assistant

const addUses = (open: OpenUses, content: readonly ContentBlock[]) => {
  for (const block of content) {
    if (block.type === 'tool-use') open.uses.set(block.id, { required: true })
    const native = block.type === 'native' && isJsonObject(block.value) ? block.value.id : undefined
    if (typeof native === 'string') open.uses.set(native, { required: false })
  }
}

/** Moves the results out of `content` to their uses; returns the rest. */
const takeResults = (
  content: readonly ContentBlock[],
  open: OpenUses | undefined,
  warnings: Warnings,
): ContentBlock[] =>
  content.filter((block) => {
    if (block.type !== 'tool-result') return true
    const use = open?.uses.get(block.toolUseId)
    if (use === undefined || use.result !== undefined) {
      const why = use === undefined ? 'the step before it has no such tool use' : 'it has one already'
      warnings.add('dropped-block', `A result of tool use ${quote(block.toolUseId)} was left out: ${why}.`)
    } else {
      use.result = block
    }
    return false
  })

const answers = ({ uses }: OpenUses, warnings: Warnings): ToolResultBlock[] =>
  [...uses.entries()].flatMap(([id, { required, result }]) => {
    if (result !== undefined) return [result]
    if (!required) return []
    warnings.add('default-applied', `Tool use ${quote(id)} has no result; an error result was sent for it.`)
    const content = 'This tool call has no recorded result.'
    return [{ type: 'tool-result', toolUseId: id, content, isError: true }]
  })

const strayToolContent = (rest: readonly ContentBlock[]) =>
  new ProviderError(
    `A tool message holds a block of type ${quote(rest[0]?.type)}: its content must be tool-result blocks, which name the tool use that they answer.`,
    { code: 'invalid-request' },
  )
