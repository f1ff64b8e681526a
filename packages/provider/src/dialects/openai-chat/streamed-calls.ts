import type { JsonObject } from '../../types/json.ts'
import type { StreamEvent } from '../../types/stream-event.ts'
import type { DecodeContext } from '../dialect.ts'
import { toExtra } from '../extra.ts'
import { isJsonObject, otherFields, parseJson } from '../json.ts'
import { argumentsText, toolCallExtra } from './decode-content.ts'
import type { ChatToolCall } from './wire.ts'

/** The tool calls of one streamed answer, put together from pieces that may interleave. */
export interface StreamedCalls {
  /** `fromEnd`: where it stands among the pieces that came together, the last of which is 1. */
  take(piece: ChatToolCall, fromEnd: number): StreamEvent[]
  /** Another piece of arguments of the call of the latest piece. */
  takeNext(text: string): StreamEvent[]
  /** `isCut`: the answer ended inside its last call, which then stays without its end. */
  end(isCut: boolean): StreamEvent[]
  /** How many there are; `nameless` ones never said which tool they call, so that nobody can run them. */
  counts(): { named: number; nameless: number }
}

interface Call {
  id: string
  name: string
  /** Its block in the answer, once it has a name. */
  at?: number | undefined
  /** Arguments that came before the name. */
  held: string
  /** Those of its first piece. */
  first: string
  /** Has it said any? */
  hasArguments: boolean
  fields: JsonObject
  /** A call of another kind than a function's (custom), as far as it has come. */
  other?: JsonObject | undefined
}

/**
 * No calls yet. `claim` gives the next block its index; `generateId` names a call that the server left without an id.
 */
export const createStreamedCalls = (
  claim: () => number,
  { generateId, toolNames }: Pick<DecodeContext, 'generateId' | 'toolNames'>,
): StreamedCalls => {
  const calls: Call[] = []
  const byIndex = new Map<number, Call>()
  let latest: Call | undefined

  const find = (piece: ChatToolCall, fromEnd: number): Call | undefined => {
    const { index, id } = piece
    // Pieces that say nothing of whose they are belong to the latest calls, one to each.
    const known =
      index != null ? byIndex.get(index) : id ? calls.find((call) => call.id === id) : calls.at(-fromEnd)
    return known !== undefined && startsAnother(piece, known) ? undefined : known
  }

  const open = (piece: ChatToolCall): Call => {
    const first = argumentsText(piece.function)
    const call: Call = { id: '', name: '', held: '', first, hasArguments: false, fields: {} }
    calls.push(call)
    if (piece.index != null) byIndex.set(piece.index, call)
    return call
  }

  /** Says what of the call is known, once its name is. */
  const say = (call: Call): StreamEvent[] => {
    const events: StreamEvent[] = []
    if (call.name === '') return events
    if (call.at === undefined) {
      call.at = claim()
      call.id ||= generateId()
      const name = toolNames?.get(call.name) ?? call.name
      events.push({ type: 'tool-use-start', index: call.at, id: call.id, name })
    }
    if (call.held !== '') events.push({ type: 'tool-input-delta', index: call.at, text: call.held })
    call.held = ''
    return events
  }

  const grow = (call: Call, text: string): StreamEvent[] => {
    call.held += text
    call.hasArguments ||= text !== ''
    return say(call)
  }

  return {
    take(piece, fromEnd) {
      const call = find(piece, fromEnd) ?? open(piece)
      latest = call
      // Later pieces repeat id and name, or send them empty: the first that says something counts.
      call.id ||= piece.id ?? ''
      call.name ||= piece.function?.name ?? ''
      if (call.other !== undefined || isJsonObject(piece.custom)) {
        call.at ??= claim()
        call.other = growOther(call.other, piece)
        return []
      }
      call.fields = { ...call.fields, ...toolCallExtra(piece) }
      const text = argumentsText(piece.function)
      // Within the arguments white space and `null` are a part of them.
      if (!call.hasArguments && piece.function?.name && saysNothing.test(text)) return say(call)
      return grow(call, text)
    },
    takeNext(text) {
      if (latest === undefined) return []
      return grow(latest, text)
    },
    end: (isCut) =>
      calls.flatMap((call) =>
        call.at === undefined || (isCut && call === calls.at(-1)) ? [] : [toEnd(call, call.at)],
      ),
    counts() {
      const named = calls.filter((call) => call.name !== '').length
      const nameless = calls.filter((call) => call.at === undefined).length
      return { named, nameless }
    },
  }
}

/**
 * Some servers give every call the same index, or none: then a name with another id, or with no id, starts a call.
 * Without ids (Google) that is so where the call before came whole and this one has arguments as well.
 */
const startsAnother = ({ index, id, function: called }: ChatToolCall, known: Call): boolean => {
  if (!called?.name || known.name === '') return false
  if (id) return known.id !== '' && id !== known.id
  return index == null || (argumentsText(called) !== '' && isJsonObject(parseJson(known.first)))
}

// What models write for no arguments, beside `{}`, with the name.
const saysNothing = /^\s*(?:null)?\s*$/

/** The whole of a custom call: its name, and its input from its pieces. */
const growOther = (other: JsonObject | undefined, piece: ChatToolCall): JsonObject => {
  const { index: _, custom, ...fields } = otherFields(piece, [])
  const said = isJsonObject(other?.custom) ? other.custom : {}
  const more = isJsonObject(custom) ? custom : {}
  const input = `${toText(said.input)}${toText(more.input)}`
  return { ...fields, ...other, custom: { ...more, ...said, input } }
}

const toText = (value: JsonObject[string]): string => (typeof value === 'string' ? value : '')

const toEnd = (call: Call, index: number): StreamEvent => {
  if (call.other !== undefined) {
    return { type: 'native', index, block: { type: 'native', dialect: 'openai-chat', value: call.other } }
  }
  const extra = toExtra('openai-chat', call.fields)
  return { type: 'block-end', index, ...(extra !== undefined && { extra }) }
}
