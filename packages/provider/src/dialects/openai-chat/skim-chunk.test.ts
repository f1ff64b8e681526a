import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeContext, watchStream } from '../test-support.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { skimChunk } from './skim-chunk.ts'

const chunkOf = (delta: object, finish: string | null = null, more: object = {}) =>
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
const first = chunkOf({ role: 'assistant', content: '', refusal: null })
const last = chunkOf({}, 'stop')
const ofUsage = chunkOf({}, null, { choices: [], usage })

const nothing = { hasChoice: true, hasContent: false, finishReason: undefined, usage: undefined }

test.for([
  ['of the role', first, nothing],
  ['of a text', chunkOf({ content: 'x' }), { ...nothing, hasContent: true }],
  ['of a text that is escaped', chunkOf({ content: '\n"\\\u0001\ud800' }), { ...nothing, hasContent: true }],
  ['of thinking', chunkOf({ content: null, reasoning_content: 'x' }), { ...nothing, hasContent: true }],
  ['of the end', last, { ...nothing, finishReason: 'stop' }],
  ['of the usage', ofUsage, { ...nothing, hasChoice: false, usage }],
  ['of end and usage', chunkOf({}, 'length', { usage }), { ...nothing, finishReason: 'length', usage }],
  ['of text and usage', chunkOf({ content: 'x' }, null, { usage }), { ...nothing, hasContent: true, usage }],
] as const)('the chunk %s is read without parsing', ([, data, expected]) => {
  expect(skimChunk(data)).toEqual(expected)
})

test.for([
  ['text and the reason to stop', chunkOf({ content: 'x' }, 'stop')],
  ['a refusal', chunkOf({ refusal: 'x' })],
  ['text and thinking', chunkOf({ content: 'x', reasoning: 'y' })],
  ['text that is taken back', chunkOf({ content: 'x' }).replace('"x"', '"x","content":null')],
  ['an escape that is none', chunkOf({ content: 'x' }).replace('"x"', '"\\x"')],
  ['a call', chunkOf({ tool_calls: [] })],
  ['another choice', first.replace('"index":0', '"index":1')],
  ['two choices', first.replace(/(\{"index".*?\})\]/, '$1,$1]')],
  ['a reason that is a fault', chunkOf({}, 'error')],
  ['an error', chunkOf({}, null, { error: 'x' })],
  ['an object that is one', chunkOf({}, null, { object: 'error' })],
  ['fields of a server', chunkOf({}, null, { x_groq: { usage } })],
  ['escapes', first.replace('"gpt"', '"\\u0022"')],
  ['control characters', first.replace('gpt', 'g\tt')],
  ['a number that is no JSON', first.replace('1790000000', '0790000000')],
  ['a half', first.slice(0, -1)],
  ['braces in the texts of the usage', chunkOf({}, null, { usage: { ...usage, note: '}{' } })],
  ['usage that is no JSON', ofUsage.replace('"queue_time":', '"queue_time"')],
  ['very much', chunkOf({}, null, { obfuscation: 'x'.repeat(3000) })],
] as const)('a chunk with %s is not', ([, data]) => {
  expect(skimChunk(data)).toBeUndefined()
})

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
      [
        '"error":{}',
        '"finish_reason":"error"',
        '"finish_reason":5',
        '"message":5',
        '"index":1',
        '"delta":{"content":"x"}',
        '"usage":{}',
      ],
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

const watch = (isRelay: boolean, messages: readonly string[]) =>
  watchStream(createStreamDecoder({ ...makeContext(), isRelay }), messages)

test('a relay that leaves chunks unparsed takes from any stream what one takes that parses them', () => {
  let scanned = 0
  fc.assert(
    fc.property(
      fc.array(fc.oneof(chunk, fc.constantFrom(first, last, '[DONE]')), { maxLength: 5 }),
      (messages) => {
        scanned += messages.filter((data) => skimChunk(data) !== undefined).length
        expect(watch(true, messages)).toEqual(watch(false, messages))
      },
    ),
    { numRuns: 3000 },
  )
  expect(scanned).toBeGreaterThan(1000)
})

test('a chunk of many fields that fits in the end is read as soon as one that does not', () => {
  for (const field of [
    '"id":"x"',
    '"obfuscation":null',
    '"object":"chat.completion.chunk"',
    '"a":0.5',
    '"b":"c"',
  ]) {
    const many = Array.from({ length: 2000 / (field.length + 1) - 8 }, () => field).join(',')
    for (const ending of ['}', '', ',']) {
      for (const [before, behind] of [
        [`{${many},"choices":[]`, ''],
        ['{"choices":[],', many],
        ['{"choices":[{"index":0,"delta":{},', `${many}}]`],
        ['{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null,', `${many}}]`],
      ] as const) {
        const data = before + behind + ending
        expect(watch(true, [data])).toEqual(watch(false, [data]))
      }
    }
  }
})
