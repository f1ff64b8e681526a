import type { CompletionRequest } from '../types/completion.ts'
import type { ContentBlock, Message } from '../types/message.ts'
import type { StreamEvent } from '../types/stream-event.ts'

/** What of a streamed answer has come, as far as another model must know it to write on. */
export interface SoFar {
  /** All of its text, block after block. */
  text: string
  /** Index of the last block, and its kind. */
  last: { index: number; isText: boolean } | undefined
  /** A tool use, a refusal or a block that only its dialect understands: nobody else can write on from there. */
  hasMore: boolean
}

/** Nothing has come. */
export const createSoFar = (): SoFar => ({ text: '', last: undefined, hasMore: false })

/** Adds an event. */
export const note = (soFar: SoFar, event: StreamEvent): void => {
  if (!('index' in event)) return
  if (event.type === 'text-delta') {
    soFar.text += event.text
    if (event.isRefusal === true) soFar.hasMore = true
  }
  if (event.type === 'tool-use-start' || event.type === 'native') soFar.hasMore = true
  if (event.type === 'block-end') {
    if (soFar.last?.index === event.index) soFar.last = { index: event.index, isText: false }
    return
  }
  soFar.last = { index: event.index, isText: event.type === 'text-delta' }
}

// What a token of text is at least, so that a limit is never passed by much.
const charactersPerToken = 4

/**
 * The request that has a model write on behind the text that came: the same, with that text as a prefill. White space
 * at its end is left out: some wires refuse it, and models write on better from a word.
 */
export const toContinued = (request: CompletionRequest, soFar: string): CompletionRequest => {
  const text = soFar.trimEnd()
  if (text === '') return request
  const { maxTokens } = request
  const used = Math.ceil(text.length / charactersPerToken)
  return {
    ...request,
    messages: withPrefill(request.messages, text),
    ...(maxTokens !== undefined && { maxTokens: Math.max(1, maxTokens - used) }),
  }
}

const withPrefill = (messages: readonly Message[], text: string): Message[] => {
  const last = messages.at(-1)
  // The caller's own prefill, which that answer went on from.
  if (last?.role !== 'assistant') return [...messages, { role: 'assistant', content: text }]
  const content: ContentBlock[] =
    typeof last.content === 'string' ? [{ type: 'text', text: last.content }] : [...last.content]
  const end = content.at(-1)
  if (end?.type === 'text') content.splice(-1, 1, { ...end, text: end.text + text })
  else content.push({ type: 'text', text })
  return [...messages.slice(0, -1), { ...last, content }]
}

/**
 * Turns the events of the model that writes on into those of the one answer that the caller reads: no second start, its
 * text in the block that broke off, what it thinks before that left out, later blocks counted on.
 */
export const createSplice = (soFar: SoFar): ((event: StreamEvent) => StreamEvent[]) => {
  const { text } = soFar
  const open = soFar.last?.isText ? soFar.last.index : undefined
  // The model was not given the white space at the end, so it may write that again.
  let space = text.slice(text.trimEnd().length)
  let next = (soFar.last?.index ?? -1) + 1
  const indexes = new Map<number, number>()
  let isTextOpen = open !== undefined

  const place = (index: number, isText: boolean): number => {
    const known = indexes.get(index)
    if (known !== undefined) return known
    const at = isText && isTextOpen && open !== undefined ? open : next
    if (at === next) next += 1
    isTextOpen = false
    indexes.set(index, at)
    return at
  }
  const withoutSpace = (piece: string): string => {
    let at = 0
    while (at < piece.length && at < space.length && piece[at] === space[at]) at += 1
    // Once it writes something else, all that follows is its own.
    space = at === piece.length ? space.slice(at) : ''
    return piece.slice(at)
  }

  return (event) => {
    if (event.type === 'start') return []
    if (!('index' in event)) return [event]
    // Between the two halves of a text nothing else may stand.
    if (event.type === 'thinking-delta' && isTextOpen) return []
    if (event.type === 'block-end' && !indexes.has(event.index)) return []
    const index = place(event.index, event.type === 'text-delta')
    if (event.type !== 'text-delta') return [{ ...event, index }]
    const rest = space === '' ? event.text : withoutSpace(event.text)
    return rest === '' ? [] : [{ ...event, index, text: rest }]
  }
}
