import type { ProviderError, ProviderErrorCode } from '../errors.ts'
import type { CompletionRequest, StopReason, Usage } from '../types/completion.ts'
import type { JsonObject } from '../types/json.ts'

/** A call that the mock makes. `input` as text is sent as it is, also when it is no JSON. */
export interface MockToolUse {
  name: string
  input: JsonObject | string
  /** @defaultValue `call_mock_<n>`, unique within the conversation */
  id?: string | undefined
}

/** One thing that the mock does; an answer is a list of them. */
export type MockStep =
  /** Waits, by the `sleep` of the mock. */
  | { type: 'delay'; ms: number }
  /** One piece of text; neighbours make up one block. */
  | { type: 'text'; text: string }
  /** A thinking block of its own. */
  | { type: 'thinking'; text: string; signature?: string | undefined }
  /** A tool use; `partial` stops in the middle of its input and leaves the block open. */
  | ({ type: 'tool-use'; partial?: boolean | undefined } & MockToolUse)
  /** Fails: before any output the call rejects, after it the stream breaks. */
  | { type: 'fail'; error: ProviderErrorCode | ProviderError; retryAfterMs?: number | undefined }
  /** Does nothing more until the call is aborted; without a signal, for ever. */
  | { type: 'stall' }
  /** Ends the answer with other facts than the mock's own. */
  | { type: 'finish'; stopReason?: StopReason | undefined; usage?: Usage | undefined }

/** An answer by its parts, for which the mock makes up the steps: delay, thinking, text in pieces, tool uses. */
export interface MockAnswer {
  text?: string | undefined
  thinking?: string | undefined
  toolUses?: readonly MockToolUse[] | undefined
  /** Milliseconds before the first event. */
  delayMs?: number | undefined
  /** Milliseconds between two pieces. */
  paceMs?: number | undefined
  /** Into how many pieces the text is cut. @defaultValue one for each word */
  chunks?: number | undefined
  /** The call rejects with this instead of answering. */
  error?: ProviderErrorCode | ProviderError | undefined
  retryAfterMs?: number | undefined
  /** What happens after the first piece instead of the rest: silence until the abort, or a `network` error. */
  breaks?: 'stall' | 'cut' | undefined
  stopReason?: StopReason | undefined
  usage?: Usage | undefined
}

/** The steps of an answer. Text ends where the request's `maxTokens` or a stop sequence ends it, as a model's would. */
export const toSteps = (answer: MockAnswer, request: CompletionRequest): MockStep[] => {
  const before: MockStep[] = answer.delayMs === undefined ? [] : [{ type: 'delay', ms: answer.delayMs }]
  if (answer.error !== undefined) {
    return [...before, { type: 'fail', error: answer.error, retryAfterMs: answer.retryAfterMs }]
  }
  const { text, stopReason } = limit(answer.text ?? '', (answer.thinking ?? '').length, request)
  const output: MockStep[] = [
    ...(answer.thinking === undefined ? [] : [thinking(answer.thinking)]),
    ...cut(text, answer.chunks).map((piece): MockStep => ({ type: 'text', text: piece })),
    // A model that ran out of tokens in its text never came to its calls.
    ...(stopReason === undefined ? (answer.toolUses ?? []) : []).map(
      (toolUse): MockStep => ({ type: 'tool-use', ...toolUse }),
    ),
  ]
  const last: MockStep = {
    type: 'finish',
    stopReason: answer.stopReason ?? stopReason,
    usage: answer.usage,
  }
  return [...before, ...pace([...broken(output, answer.breaks), last], answer.paceMs)]
}

/** Signed, as models sign what must come back unchanged; the same text always has the same signature. */
const thinking = (text: string): MockStep => {
  let hash = 0
  for (const char of text) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) >>> 0
  return { type: 'thinking', text, signature: `mock-signature-${hash.toString(16).padStart(8, '0')}==` }
}

const limit = (
  text: string,
  thought: number,
  request: CompletionRequest,
): { text: string; stopReason?: StopReason } => {
  const stops = (request.stopSequences ?? []).filter((stop) => stop !== '')
  const found = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0)
  const stopped = found.length === 0 ? text : text.slice(0, Math.min(...found))
  const room = request.maxTokens === undefined ? Infinity : Math.max(0, request.maxTokens * 4 - thought)
  if (stopped.length > room) return { text: wholeCharacters(stopped, room), stopReason: 'max-tokens' }
  return stopped === text ? { text } : { text: stopped, stopReason: 'stop-sequence' }
}

/** The first `length` code units, less one where that would cut a character in half. */
const wholeCharacters = (text: string, length: number): string =>
  text.slice(0, /[\uD800-\uDBFF]/.test(text[length - 1] ?? '') ? length - 1 : length)

/** By words, or into `chunks` pieces of much the same number of characters; fewer if there are fewer characters. */
const cut = (text: string, chunks?: number): string[] => {
  if (chunks === undefined) return text.match(/\S+\s*|\s+/g) ?? []
  const characters = [...text]
  const count = Math.min(Math.max(1, chunks), characters.length)
  const bound = (piece: number) => Math.floor((piece * characters.length) / count)
  return Array.from({ length: count }, (_, piece) =>
    characters.slice(bound(piece), bound(piece + 1)).join(''),
  )
}

const broken = (output: MockStep[], how: MockAnswer['breaks']): MockStep[] => {
  if (how === undefined) return output
  const end: MockStep = how === 'stall' ? { type: 'stall' } : { type: 'fail', error: 'network' }
  const [first] = output
  if (first === undefined) return [end]
  return [first.type === 'tool-use' ? { ...first, partial: true } : first, end]
}

const pace = (steps: MockStep[], ms: number | undefined): MockStep[] =>
  ms === undefined
    ? steps
    : steps.flatMap((step, at): MockStep[] => (at === 0 ? [step] : [{ type: 'delay', ms }, step]))
