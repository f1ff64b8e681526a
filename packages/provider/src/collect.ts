import { ProviderError } from './errors.ts'
import { toToolInput } from './tool-input.ts'
import type { CompletionResponse, Warning } from './types/completion.ts'
import type { JsonObject } from './types/json.ts'
import type { ContentBlock, NativeBlock } from './types/message.ts'
import type { FinishEvent, StartEvent, StreamEvent, WarningEvent } from './types/stream-event.ts'

/** Puts a streamed answer together, event by event. */
export interface Collector {
  /** Takes the next event. ProviderError `bad-response` when the order or the blocks make no sense. */
  push(event: StreamEvent): void
  /**
   * The blocks so far, in order; also of an answer that broke off. Blocks without any content are left out. A tool use
   * that is not whole has an `inputText`: what arrived of its arguments, `""` if nothing did.
   */
  content(): ContentBlock[]
  /** The whole answer. ProviderError `bad-response` before the `finish` event. */
  response(): CompletionResponse
}

/** Options of {@link createCollector}. */
export interface CollectorOptions {
  /**
   * Most characters of text, thinking and tool input together; more is ProviderError `bad-response`.
   * @defaultValue 33_554_432
   */
  maxLength?: number | undefined
}

/** A block as it grows. */
type Part = { extra?: JsonObject | undefined; ended: boolean } & (
  | { kind: 'text'; text: string }
  | { kind: 'thinking'; text: string; signature?: string | undefined }
  | { kind: 'tool-use'; text: string; id: string; name: string }
  | { kind: 'native'; block: NativeBlock }
)

/** Collects the events of one answer; also usable for answers that never finish. */
export const createCollector = (options: CollectorOptions = {}): Collector => {
  const parts = createParts(options.maxLength ?? 33_554_432)
  const warnings: Warning[] = []
  let start: StartEvent | undefined
  let finish: FinishEvent | undefined
  return {
    push(event) {
      if (finish !== undefined) throw bad(`A "${event.type}" event came after the end of the answer.`)
      if ((event.type === 'start') !== (start === undefined)) {
        throw bad(
          start === undefined
            ? `A "${event.type}" event came before the start.`
            : 'The answer started twice.',
        )
      }
      if (event.type === 'start') start = event
      else if (event.type === 'finish') finish = event
      else if (event.type === 'warning') warnings.push(event.warning)
      else parts.take(event)
    },
    content: parts.content,
    response() {
      if (start === undefined || finish === undefined) throw bad('The answer ended without its finish event.')
      const { stopReason, usage, extra } = finish
      return {
        id: start.id,
        model: start.model,
        content: parts.content(),
        stopReason,
        usage,
        ...(warnings.length > 0 && { warnings: [...warnings] }),
        ...(extra && { extra }),
      }
    },
  }
}

/** The blocks of one answer by their index. */
const createParts = (maxLength: number) => {
  const parts = new Map<number, Part>()
  let length = 0

  /** The part at `index`, made when there is none; of another kind it is an error. */
  const part = <K extends Part['kind']>(
    index: number,
    kind: K,
    create: () => Part,
  ): Extract<Part, { kind: K }> => {
    const found = parts.get(index) ?? create()
    if (!isKind(found, kind)) throw bad(`Block ${index} is ${found.kind} and cannot become ${kind}.`)
    parts.set(index, found)
    return found
  }

  const grow = (text: string): string => {
    length += text.length
    if (length > maxLength) throw bad(`The answer is longer than ${maxLength} characters.`)
    return text
  }

  const take = (event: Exclude<StreamEvent, StartEvent | WarningEvent | FinishEvent>) => {
    const { type, index } = event
    if (type === 'text-delta') {
      part(index, 'text', () => ({ kind: 'text', text: '', ended: false })).text += grow(event.text)
    } else if (type === 'thinking-delta') {
      const found = part(index, 'thinking', () => ({ kind: 'thinking', text: '', ended: false }))
      found.text += grow(event.text)
      if (event.signature !== undefined) found.signature = event.signature
    } else if (type === 'tool-use-start') {
      if (parts.has(index)) throw bad(`Block ${index} started twice.`)
      parts.set(index, { kind: 'tool-use', id: event.id, name: event.name, text: '', ended: false })
    } else if (type === 'tool-input-delta') {
      const found = parts.get(index)
      if (found?.kind !== 'tool-use')
        throw bad(`Tool input arrived for block ${index}, which is no tool use.`)
      found.text += grow(event.text)
    } else if (type === 'native') {
      parts.set(index, { kind: 'native', block: event.block, ended: true })
    } else {
      // The end of a block of which nothing was sent (an empty text) says nothing either.
      const found = parts.get(index)
      if (found !== undefined) Object.assign(found, { ended: true, extra: event.extra })
    }
  }

  const content = (): ContentBlock[] =>
    [...parts.entries()]
      .sort(([a], [b]) => a - b)
      .map(([, value]) => toBlock(value))
      .filter((block) => !isEmpty(block))

  return { take, content }
}

/**
 * Collects a whole stream into one answer, so that `collect(await provider.stream(request))` is
 * `await provider.complete(request)`. Rejects with whatever the iteration throws.
 */
export const collect = async (events: AsyncIterable<StreamEvent>): Promise<CompletionResponse> => {
  const collector = createCollector()
  for await (const event of events) collector.push(event)
  return collector.response()
}

const bad = (message: string) => new ProviderError(message, { code: 'bad-response' })

const isKind = <K extends Part['kind']>(part: Part, kind: K): part is Extract<Part, { kind: K }> =>
  part.kind === kind

const toBlock = (part: Part): ContentBlock => {
  const extra = part.extra && { extra: part.extra }
  if (part.kind === 'text') return { type: 'text', text: part.text, ...extra }
  if (part.kind === 'native') return { ...part.block, ...extra }
  if (part.kind === 'tool-use') {
    const input = toToolInput(part.text)
    // Without its end and without a byte of input, a cut call must not look like a call without arguments.
    const cut = !part.ended && part.text === '' && { inputText: '' }
    return { type: 'tool-use', id: part.id, name: part.name, ...input, ...cut, ...extra }
  }
  const signature = part.signature !== undefined && { signature: part.signature }
  return { type: 'thinking', text: part.text, ...signature, ...extra }
}

/** A block that says nothing; a thinking block without text may still carry the signature that must go back. */
const isEmpty = (block: ContentBlock): boolean =>
  (block.type === 'text' || (block.type === 'thinking' && block.signature === undefined)) &&
  block.text === '' &&
  block.extra === undefined
