import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StreamEvent } from '../../types/stream-event.ts'
import { makeContext } from '../test-support.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { scanSilent } from './scan-silent.ts'

const silent = (delta: object, finish: string | null = null, more: object = {}) =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'gpt',
    service_tier: 'default',
    system_fingerprint: null,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    usage: null,
    obfuscation: 'a,}]{[',
    ...more,
  })
const usage = {
  prompt_tokens: 3,
  completion_tokens: 2,
  prompt_tokens_details: { cached_tokens: 1 },
  queue_time: 0.5,
}
const first = silent({ role: 'assistant', content: '', refusal: null })
const last = silent({}, 'stop')
const ofUsage = silent({}, null, { choices: [], usage })

test.for([
  ['of the role', first, { hasChoice: true, finishReason: undefined, usage: undefined }],
  ['of the end', last, { hasChoice: true, finishReason: 'stop', usage: undefined }],
  ['of the usage', ofUsage, { hasChoice: false, finishReason: undefined, usage }],
  ['of end and usage', silent({}, 'length', { usage }), { hasChoice: true, finishReason: 'length', usage }],
] as const)('the chunk %s is read without parsing', ([, data, expected]) => {
  expect(scanSilent(data)).toEqual(expected)
})

test.for([
  ['a text', silent({ content: 'x' })],
  ['a call', silent({ tool_calls: [] })],
  ['another choice', first.replace('"index":0', '"index":1')],
  ['two choices', first.replace(/(\{"index".*?\})\]/, '$1,$1]')],
  ['a reason that is a fault', silent({}, 'error')],
  ['an error', silent({}, null, { error: 'x' })],
  ['an object that is one', silent({}, null, { object: 'error' })],
  ['fields of a server', silent({}, null, { x_groq: { usage } })],
  ['escapes', first.replace('"gpt"', '"\\u0022"')],
  ['control characters', first.replace('gpt', 'g\tt')],
  ['a number that is no JSON', first.replace('1790000000', '0790000000')],
  ['a half', first.slice(0, -1)],
  ['braces in the texts of the usage', silent({}, null, { usage: { ...usage, note: '}{' } })],
  ['usage that is no JSON', ofUsage.replace('"queue_time":', '"queue_time"')],
  ['very much', silent({}, null, { obfuscation: 'x'.repeat(3000) })],
] as const)('a chunk with %s is not', ([, data]) => {
  expect(scanSilent(data)).toBeUndefined()
})

/** What a relay takes of a stream: whether each message is content, and how it ends. */
const follow = (isRelay: boolean, messages: readonly string[]) => {
  const decoder = createStreamDecoder({ ...makeContext(), isRelay })
  const seen: unknown[] = []
  const see = (read: () => StreamEvent[]) => {
    try {
      const events = read()
      const end = events.find((event) => event.type === 'finish')
      seen.push(end ? { usage: end.usage, stopReason: end.stopReason } : events.some(isSaid))
      return end !== undefined
    } catch (error) {
      seen.push(String(error))
      return true
    }
  }
  for (const data of messages)
    if (see(() => decoder.take({ data, event: undefined, id: undefined, lastEventId: '' }))) return seen
  see(() => decoder.end())
  return seen
}
const isSaid = ({ type }: StreamEvent) => type !== 'start' && type !== 'warning' && type !== 'block-end'

/** Members of an object: mostly such as there always are, and any that mean something else. */
const members = (usual: readonly string[], odd: readonly string[]) => {
  const member = fc.oneof(
    { arbitrary: fc.constantFrom(...usual), weight: 15 },
    { arbitrary: fc.constantFrom(...odd), weight: 1 },
  )
  return fc.array(member, { maxLength: 3 })
}
const delta = members(
  ['"role":"assistant"', '"content":""', '"content":null', '"refusal":null', '"tool_calls":null'],
  [
    '"content":"x"',
    '"refusal":"no"',
    '"tool_calls":[{"index":0,"id":"a","function":{"name":"f"}}]',
    '"role":5',
  ],
).map((said) => `"delta":{${said}}`)
const choice = fc
  .tuple(
    members(['"index":0'], ['"index":1', '"index":null']),
    delta,
    members(
      ['"logprobs":null', '"finish_reason":null', '"finish_reason":"stop"', '"finish_reason":"length"'],
      ['"finish_reason":"error"', '"finish_reason":5', '"index":1', '"delta":{"content":"x"}', '"usage":{}'],
    ),
  )
  .map((parts) => `{${parts.flat()}}`)
const fields = members(
  ['"id":"a"', '"model":null', '"object":"chat.completion.chunk"', '"created":17', '"obfuscation":"}]"'],
  ['"object":"error"', '"error":"x"', '"id":5', '"created":01', '"model":"\\u0022"', '"choices":[]', '"a":'],
)
const figures = members(
  ['"usage":null', '"usage":{"prompt_tokens":3}', '"usage":{"completion_tokens":2,"details":{"a":1}}'],
  ['"usage":{"prompt_tokens":"x"}', '"usage":5', '"usage":{"a"}', '"usage":{"a":"}"}', '"usage":{"a":[1]}'],
)
const chunk = fc
  .tuple(fields, fc.array(choice, { maxLength: 2 }), fields, figures, fields)
  .map(([before, choices, ...behind]) => `{${[...before, `"choices":[${choices}]`, ...behind.flat()]}}`)

test('a relay that leaves chunks unparsed takes from any stream what one takes that parses them', () => {
  let scanned = 0
  fc.assert(
    fc.property(
      fc.array(fc.oneof(chunk, fc.constantFrom(first, last, '[DONE]')), { maxLength: 5 }),
      (messages) => {
        scanned += messages.filter((data) => scanSilent(data) !== undefined).length
        expect(follow(true, messages)).toEqual(follow(false, messages))
      },
    ),
    { numRuns: 3000 },
  )
  expect(scanned).toBeGreaterThan(1000)
})
