import type { SseMessage } from '@gateway/sse'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StreamEvent } from '../../types/stream-event.ts'
import { makeContext } from '../test-support.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { scanChunk, toChunkPattern } from './scan-chunk.ts'
import { readAnswer } from './wire.ts'

const chunk = (delta: object, more: object = {}, ofChoice: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'gpt',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...ofChoice }],
  usage: null,
  ...more,
})

const toPattern = (value: object) => {
  const answer = readAnswer(value)
  return answer && toChunkPattern(JSON.stringify(value), answer)
}

const piece = (text: string) => ({ tool_calls: [{ index: 0, function: { arguments: text } }] })

test.for([
  ['text', chunk({ content: 'Hel' }), chunk({ content: 'lo' })],
  ['escapes', chunk({ content: 'a' }), chunk({ content: '"\\\n\u0001\ud800🦊' })],
  ['nothing', chunk({ content: 'a' }), chunk({ content: '' })],
  ['a role in each', chunk({ role: 'assistant', content: 'a' }), chunk({ role: 'assistant', content: 'lo' })],
  [
    'thinking',
    chunk({ content: null, reasoning_content: 'a' }),
    chunk({ content: null, reasoning_content: 'b' }),
  ],
  ['arguments', chunk(piece('{"a')), chunk(piece('":1}'))],
  ['padding', chunk({ content: 'a' }, { obfuscation: 'x' }), chunk({ content: 'b' }, { obfuscation: 'abc' })],
  [
    "a filter's results",
    chunk({ content: 'a' }, {}, { content_filter_results: { hate: { filtered: false } } }),
    chunk({ content: 'b' }, {}, { content_filter_results: { hate: { filtered: false } } }),
  ],
] as const)('a chunk that differs in its text alone is read without parsing: %s', ([, first, next]) => {
  const pattern = toPattern(first)
  const [delta] = next.choices.map((choice) => choice.delta as Record<string, unknown>)
  const calls = delta?.tool_calls as { function: { arguments: string } }[] | undefined
  const expected = calls?.[0]?.function.arguments ?? delta?.reasoning_content ?? delta?.content
  expect(pattern && scanChunk(JSON.stringify(next), pattern)).toBe(expected)
})

test.for([
  ['the reason to stop', chunk({ content: 'x' }, {}, { finish_reason: 'stop' })],
  ['usage', chunk({ content: 'x' }, { usage: { prompt_tokens: 1 } })],
  ['logprobs', chunk({ content: 'x' }, {}, { logprobs: { content: [] } })],
  ['another choice', chunk({ content: 'x' }, {}, { index: 1 })],
  ['two kinds at once', chunk({ content: 'x', reasoning_content: 'y' })],
  ['annotations', chunk({ content: 'x', annotations: [] })],
  [
    'the start of a call',
    chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }] }),
  ],
  ['two calls', chunk({ tool_calls: [piece('').tool_calls[0], piece('').tool_calls[0]] })],
  ['the same key twice', chunk({ content: 'x' }, { more: { content: 'x' } })],
] as const)('a chunk that says more is no pattern: %s', ([, value]) => {
  expect(toPattern(value)).toBeUndefined()
})

test.for([
  '{"id":"chatcmpl-1"}',
  JSON.stringify(chunk({ content: 'x' }, {}, { finish_reason: 'stop' })),
  JSON.stringify(chunk({ content: 'x' })).replace('"x"', '"x","refusal":"y"'),
  JSON.stringify(chunk({ content: 'x' })).replace('"x"', '"\t"'),
  JSON.stringify(chunk({ content: 'x' })).replace('"x"', '"\\q"'),
  JSON.stringify(chunk({ content: 'x' })).replace('"x"', '"\\"'),
  JSON.stringify(chunk({ content: 'x' }, { more: 1 })),
])('another chunk, or no JSON, is not taken for one of the pattern: %s', (data) => {
  const pattern = toPattern(chunk({ content: 'a' }))
  expect(pattern).toBeDefined()
  expect(pattern && scanChunk(data, pattern)).toBeUndefined()
})

const text = fc.oneof(
  fc.constantFrom('', 'a', '"', '\\', 'content":"', '\u2028'),
  fc.string({ unit: 'binary' }),
)
const delta = fc.oneof(
  text.map((content) => ({ content })),
  text.map((content) => ({ content: null, reasoning_content: content })),
  text.map((content) => ({ reasoning: content })),
  text.map((refusal) => ({ refusal })),
  fc.tuple(fc.nat(1), text).map(([index, value]) => ({
    tool_calls: [{ index, function: { arguments: value } }],
  })),
  fc.tuple(fc.nat(1), text).map(([index, value]) => ({
    tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name: 'f', arguments: value } }],
  })),
  fc.constant({}),
)
const data = fc
  .tuple(
    delta,
    fc.constantFrom({}, {}, {}, { obfuscation: 'abc' }, { obfuscation: 'x"y' }, { service_tier: 'flex' }),
    fc.constantFrom(
      {},
      {},
      {},
      { content_filter_results: {} },
      { index: 1 },
      { logprobs: { content: [{}] } },
    ),
  )
  .map(([said, more, ofChoice]) => JSON.stringify(chunk(said, more, ofChoice)))
const broken = fc.tuple(data, fc.nat(300)).map(([whole, at]) => whole.slice(0, at))
const last = [0, 1].map((index) => JSON.stringify(chunk({}, {}, { index, finish_reason: 'stop' })))

/** The decoder as it is, and one that sees each message in a form that no pattern fits. */
const run = (stream: readonly string[], toMessage: (data: string, at: number) => string): StreamEvent[] => {
  const decoder = createStreamDecoder(makeContext())
  const events = [...stream, ...last].flatMap((one, at) => {
    const message: SseMessage = { data: toMessage(one, at), lastEventId: '' }
    return decoder.take(message)
  })
  return [...events, ...decoder.end()]
}

test('pieces of calls that alternate stay with their calls', () => {
  const begin = (index: number) => ({
    tool_calls: [{ index, id: `call_${index}`, function: { name: 'f', arguments: '' } }],
  })
  const piece = (index: number, value: string) => ({
    tool_calls: [{ index, function: { arguments: value } }],
  })
  const deltas = [
    begin(0),
    piece(0, '{'),
    begin(1),
    piece(1, '['),
    piece(0, '}'),
    piece(0, ' '),
    piece(1, ']'),
  ]
  const events = run(
    deltas.map((said) => JSON.stringify(chunk(said))),
    (one) => one,
  )
  const text = (at: number) =>
    events
      .map((event) => (event.type === 'tool-input-delta' && event.index === at ? event.text : ''))
      .join('')
  expect([text(0), text(1)]).toEqual(['{} ', '[]'])
})

test('a stream says the same, read by patterns or parsed chunk by chunk', () => {
  const parsed = (one: string, at: number) => `${' '.repeat((at % 2) + 1)}${one}`
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: data }, broken), { maxLength: 20 }), (stream) => {
      expect(run(stream, (one) => one)).toEqual(run(stream, parsed))
    }),
    { numRuns: 500 },
  )
})
