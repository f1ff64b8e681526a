import type { JsonObject } from '../types/json.ts'
import { jsonMembers } from './json-members.ts'
import { createFinder } from './needles.ts'

/** What of a client's body is touched before it goes up. */
export interface RelayEdits {
  /** The model's name at the upstream. */
  model: string
  /** Is the usage of the stream asked for, though the client did not? */
  includeUsage: boolean
}

/** A piece of the body and what stands in its place. */
interface Splice {
  start: number
  end: number
  text: Uint8Array
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const encode = (text: string): Uint8Array => encoder.encode(text)
const words = {
  options: encode('"stream_options":{"include_usage":true},'),
  value: encode('{"include_usage":true}'),
  only: encode('"include_usage":true'),
  first: encode('"include_usage":true,'),
  yes: encode('true'),
}

// A key can only be written with escapes of its letters, whose code points are U+0060 to U+007F.
const modelKeys = createFinder(['"model"', '\\u006', '\\u007'])

/**
 * The client's bytes with these edits; every other byte stays, white space, `1.0`, big integers and unknown fields alike.
 * `value` is what the bytes parse to. Where an object has a key twice, parsers disagree on which one counts: all of
 * them are edited, so that the upstream reads the model that was routed, whichever it takes.
 */
export const toRelayBody = (bytes: Uint8Array, value: JsonObject, edits: RelayEdits): Uint8Array => {
  const splices = toSplices(bytes, value, edits)
  return splices.length === 0 ? bytes : splice(bytes, splices)
}

const toSplices = (bytes: Uint8Array, value: JsonObject, edits: RelayEdits): Splice[] => {
  const isUsageNew = edits.includeUsage && value.stream_options === undefined
  const isUsageThere = edits.includeUsage && !isUsageNew
  const splices: Splice[] = []
  if (isUsageNew) {
    const inside = bytes.indexOf(123) + 1
    splices.push({ start: inside, end: inside, text: words.options })
  }
  if (!isUsageThere && isOnlyModel(bytes) && value.model === edits.model) return splices
  for (const { key, valueStart: start, valueEnd: end } of jsonMembers(bytes, 0)) {
    if (key === 'model') splices.push(...renameModel(bytes, start, end, edits.model))
    if (key === 'stream_options' && isUsageThere) splices.push(...askUsage(bytes, start, end))
  }
  return splices
}

/** A name that is right stays as it is written. */
const renameModel = (bytes: Uint8Array, start: number, end: number, model: string): Splice[] => {
  const name: unknown = JSON.parse(decoder.decode(bytes.subarray(start, end)))
  return name === model ? [] : [{ start, end, text: encode(JSON.stringify(model)) }]
}

/** Is there but one key `model` anywhere, so that nothing has to be looked at further? */
const isOnlyModel = (bytes: Uint8Array): boolean => {
  const first = modelKeys.find(bytes, 0)
  return first >= 0 && bytes[first] === 34 && modelKeys.find(bytes, first + 1) < 0
}

/** Asks for usage in the `stream_options` that stand there, beside what else they say. */
const askUsage = (bytes: Uint8Array, start: number, end: number): Splice[] => {
  if (bytes[start] !== 123) return [{ start, end, text: words.value }]
  const members = jsonMembers(bytes.subarray(0, end), start)
  const asked = members.filter(({ key }) => key === 'include_usage')
  if (asked.length === 0) {
    const text = members.length === 0 ? words.only : words.first
    return [{ start: start + 1, end: start + 1, text }]
  }
  return asked.map(({ valueStart, valueEnd }) => ({ start: valueStart, end: valueEnd, text: words.yes }))
}

const splice = (bytes: Uint8Array, splices: readonly Splice[]): Uint8Array => {
  let grown = 0
  for (const { start, end, text } of splices) grown += text.length - (end - start)
  const result = new Uint8Array(bytes.length + grown)
  let from = 0
  let to = 0
  for (const { start, end, text } of splices) {
    if (start > from) result.set(bytes.subarray(from, start), to)
    result.set(text, to + start - from)
    to += start - from + text.length
    from = end
  }
  result.set(bytes.subarray(from), to)
  return result
}
