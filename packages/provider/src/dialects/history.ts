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
  /** Those without a result, by the id that the history gives them, which several may share. */
  waiting: Map<string, string[]>
  results: ToolResultBlock[]
}

/**
 * Puts messages into the order that both wires demand: the results of a step directly after it, in the order of its
 * uses, one for each. A missing result becomes an error result, a result without its use is left out, both with a
 * warning, since either would be refused by every provider. Some servers count the ids of calls anew in each step, or
 * give all the same one: a use whose id another one of `unique` has gets one of its own, and so does its result.
 *
 * ProviderError `invalid-request` for a tool message with anything but tool results.
 */
export const toHistory = (
  messages: readonly Message[],
  warnings: Warnings,
  unique: 'in the history' | 'in a step',
): HistoryStep[] => {
  const steps: HistoryStep[] = []
  const seen: SeenIds = new Map()
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
        open.assistant.content.push(...addUses(open, content, seen))
        continue
      }
      close()
      if (unique === 'in a step') seen.clear()
      const assistant: OpenUses['assistant'] = { kind: 'assistant', message, content: [] }
      const results: ToolResultBlock[] = []
      open = { assistant, uses: new Map(), waiting: new Map(), results }
      assistant.content.push(...addUses(open, content, seen))
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

/** Notes the uses of a step; returns its content, each use under an id of its own. */
const addUses = (open: OpenUses, content: readonly ContentBlock[], seen: SeenIds): ContentBlock[] => {
  const add = (saidId: string, id: string, required: boolean) => {
    open.uses.set(id, { required })
    const waiting = open.waiting.get(saidId)
    if (waiting === undefined) open.waiting.set(saidId, [id])
    else waiting.push(id)
  }
  return content.map((block) => {
    const native = block.type === 'native' && isJsonObject(block.value) ? block.value.id : undefined
    if (typeof native === 'string') add(native, native, false)
    if (block.type !== 'tool-use') return block
    const id = toOwnId(block.id, seen)
    add(block.id, id, true)
    return id === block.id ? block : { ...block, id }
  })
}

/** The ids that are taken, and how often each was said. */
type SeenIds = Map<string, number>

/** The id itself, or with a count that makes it another one; takes it. */
const toOwnId = (id: string, seen: SeenIds): string => {
  let count = seen.get(id) ?? 0
  let own = id
  while (seen.has(own)) {
    count += 1
    own = `${id}_${count}`
  }
  seen.set(id, Math.max(count, 1))
  if (own !== id) seen.set(own, 1)
  return own
}

/** Moves the results out of `content` to their uses; returns the rest. */
const takeResults = (
  content: readonly ContentBlock[],
  open: OpenUses | undefined,
  warnings: Warnings,
): ContentBlock[] =>
  content.filter((block) => {
    if (block.type !== 'tool-result') return true
    const id = open?.waiting.get(block.toolUseId)?.shift()
    const use = id === undefined ? undefined : open?.uses.get(id)
    if (id === undefined || use === undefined) {
      const isKnown = open?.waiting.has(block.toolUseId)
      const why = isKnown ? 'it has one already' : 'the step before it has no such tool use'
      warnings.add('dropped-block', `A result of tool use ${quote(block.toolUseId)} was left out: ${why}.`)
    } else {
      use.result = { ...block, toolUseId: id }
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
