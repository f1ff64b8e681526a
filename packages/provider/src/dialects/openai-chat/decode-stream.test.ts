import { expect, test } from 'vitest'
import { collect } from '../../collect.ts'
import type { DecodeContext } from '../dialect.ts'
import { readStream } from '../read-stream.ts'
import { decodeText, makeContext, toSse } from '../test-support.ts'
import { createStreamDecoder } from './decode-stream.ts'

const chunk = (delta: object, finish: string | null = null, more: object = {}) => ({
  id: 'chatcmpl-1',
  model: 'gpt-4.1',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
})
const call = (fields: object) => chunk({ tool_calls: [fields] })
const done = '[DONE]'

const decode = (events: readonly unknown[], context?: DecodeContext) =>
  decodeText({ createStreamDecoder }, toSse(events), context)

const content = async (events: readonly unknown[]) => {
  const decoded = await decode(events)
  return (await collect(iterate(decoded))).content
}

async function* iterate<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

test('a plain answer starts once, tells its text and finishes once', async () => {
  expect(await decode([chunk({ role: 'assistant', content: 'Hello' }), chunk({}, 'stop'), done])).toEqual([
    { type: 'start', id: 'chatcmpl-1', model: 'gpt-4.1' },
    { type: 'text-delta', index: 0, text: 'Hello' },
    { type: 'block-end', index: 0 },
    { type: 'finish', stopReason: 'end-turn', usage: { inputTokens: 0, outputTokens: 0, estimated: true } },
  ])
})

test('a first chunk without choices, id and model does not name the answer', async () => {
  const events = await decode([
    { choices: [], id: '', model: '' },
    chunk({ content: 'x' }),
    chunk({}, 'stop'),
  ])
  expect(events[0]).toEqual({ type: 'start', id: 'chatcmpl-1', model: 'gpt-4.1' })
})

test('an answer that never gives id or model gets an id and the model that was asked for', async () => {
  const events = await decode([
    { choices: [{ delta: { content: 'x' } }] },
    { choices: [{ delta: {}, finish_reason: 'stop' }] },
  ])
  expect(events[0]).toEqual({ type: 'start', id: 'gen_1', model: 'asked-model' })
})

const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }

test.for([
  ['in a chunk of its own', [chunk({}, 'stop'), chunk({}, null, { choices: [], usage })]],
  ['on the last content chunk', [chunk({ content: '!' }, 'stop', { usage })]],
  ['under x_groq', [chunk({}, 'stop', { x_groq: { id: 'req', usage } })]],
  ['before a null', [chunk({ content: '!' }, null, { usage }), chunk({}, 'stop', { usage: null })]],
] as const)('usage is read %s', async ([, last]) => {
  const events = await decode([chunk({ content: 'x' }, null, { usage: null }), ...last, done])
  expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 7, outputTokens: 3 } })
})

test('reasoning that a completion leaves out is added; other extra figures are kept', async () => {
  const xai = {
    prompt_tokens: 10,
    completion_tokens: 4,
    total_tokens: 44,
    completion_tokens_details: { reasoning_tokens: 30 },
    num_sources_used: 2,
  }
  const events = await decode([chunk({ content: 'x' }, 'stop', { usage: xai }), done])
  expect(events.at(-1)).toMatchObject({
    usage: { outputTokens: 34, reasoningTokens: 30, extra: { num_sources_used: 2 } },
  })
})

test.for(['reasoning_content', 'reasoning'])('%s is thinking, a block of its own', async (field) => {
  const events = [
    chunk({ [field]: 'Hm' }),
    chunk({ [field]: '.' }),
    chunk({ content: 'Yes' }),
    chunk({}, 'stop'),
  ]
  expect(await content(events)).toEqual([
    { type: 'thinking', text: 'Hm.' },
    { type: 'text', text: 'Yes' },
  ])
})

test('content as a list of parts is read', async () => {
  const parts = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
    { type: 'text', text: 'Yes' },
  ]
  expect(await content([chunk({ content: parts }), chunk({}, 'stop')])).toEqual([
    { type: 'thinking', text: 'Hm' },
    { type: 'text', text: 'Yes' },
  ])
})

test('a refusal is text that knows what it was, and the reason to stop', async () => {
  const events = await decode([
    chunk({ refusal: 'I cannot' }),
    chunk({ refusal: ' do that.' }),
    chunk({}, 'stop'),
    done,
  ])
  expect(events.slice(1)).toEqual([
    { type: 'text-delta', index: 0, text: 'I cannot', isRefusal: true },
    { type: 'text-delta', index: 0, text: ' do that.', isRefusal: true },
    { type: 'block-end', index: 0, extra: { dialect: 'openai-chat', type: 'refusal' } },
    expect.objectContaining({ type: 'finish', stopReason: 'refusal' }),
  ])
})

const use = (id: string, name: string, input: object) => ({ type: 'tool-use', id, name, input })

test('a call whose continuations have an empty id and name is one call', async () => {
  expect(
    await content([
      call({ index: 0, id: 'a', type: 'function', function: { name: 'add', arguments: '' } }),
      call({ index: 0, id: '', function: { name: '', arguments: '{"x":' } }),
      call({ index: 0, id: '', function: { name: 'add', arguments: '1}' } }),
      chunk({}, 'tool_calls'),
    ]),
  ).toEqual([use('a', 'add', { x: 1 })])
})

test('whole calls in one chunk without an index are told apart', async () => {
  const calls = [
    { id: 'a', function: { name: 'add', arguments: '{"x":1}' } },
    { id: 'b', function: { name: 'add', arguments: '{"x":2}' } },
  ]
  expect(await content([chunk({ tool_calls: calls }), chunk({}, 'tool_calls')])).toEqual([
    use('a', 'add', { x: 1 }),
    use('b', 'add', { x: 2 }),
  ])
})

test('whole calls without index and id are told apart by their names, and get ids', async () => {
  const calls = [
    { function: { name: 'add', arguments: '{"x":1}' } },
    { function: { name: 'sub', arguments: {} } },
  ]
  expect(await content([chunk({ tool_calls: calls }), chunk({}, 'stop')])).toEqual([
    use('gen_1', 'add', { x: 1 }),
    use('gen_2', 'sub', {}),
  ])
})

test('calls that all have index 0 are told apart by their ids', async () => {
  expect(
    await content([
      call({ index: 0, id: 'a', function: { name: 'add', arguments: '{"x":1}' } }),
      call({ index: 0, id: 'b', function: { name: 'add', arguments: '{"x":2}' } }),
      chunk({}, 'tool_calls'),
    ]),
  ).toEqual([use('a', 'add', { x: 1 }), use('b', 'add', { x: 2 })])
})

test('a first index of 1 is block 0 when nothing came before it', async () => {
  const events = await decode([
    call({ index: 1, id: 'a', function: { name: 'now', arguments: '{}' } }),
    chunk({}, 'tool_calls'),
  ])
  expect(events[1]).toEqual({ type: 'tool-use-start', index: 0, id: 'a', name: 'now' })
})

test('interleaved calls keep their pieces apart, and text before them ends where they start', async () => {
  const events = await decode([
    chunk({ content: 'Wait' }),
    call({ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }),
    call({ index: 1, id: 'b', function: { name: 'g', arguments: '{' } }),
    call({ index: 0, function: { arguments: '}' } }),
    call({ index: 1, function: { arguments: '}' } }),
    chunk({}, 'tool_calls'),
    done,
  ])
  expect(events.slice(1, -1)).toEqual([
    { type: 'text-delta', index: 0, text: 'Wait' },
    { type: 'block-end', index: 0 },
    { type: 'tool-use-start', index: 1, id: 'a', name: 'f' },
    { type: 'tool-input-delta', index: 1, text: '{' },
    { type: 'tool-use-start', index: 2, id: 'b', name: 'g' },
    { type: 'tool-input-delta', index: 2, text: '{' },
    { type: 'tool-input-delta', index: 1, text: '}' },
    { type: 'tool-input-delta', index: 2, text: '}' },
    { type: 'block-end', index: 1 },
    { type: 'block-end', index: 2 },
  ])
})

test('arguments that come before the name are not lost; a call without a name is skipped and counted', async () => {
  const events = await decode([
    call({ index: 0, id: 'a', function: { arguments: '{"x":' } }),
    call({ index: 0, function: { name: 'add', arguments: '1}' } }),
    call({ index: 1, id: 'b', function: { arguments: '{}' } }),
    chunk({}, 'tool_calls'),
  ])
  expect(events.slice(1, 3)).toEqual([
    { type: 'tool-use-start', index: 0, id: 'a', name: 'add' },
    { type: 'tool-input-delta', index: 0, text: '{"x":1}' },
  ])
  expect(events.at(-2)).toMatchObject({ type: 'warning', warning: { code: 'skipped-event' } })
})

test('a call that the output limit cut stays without its end', async () => {
  const cut = [
    call({ index: 0, id: 'a', function: { name: 'f', arguments: '{"p":"/t' } }),
    chunk({}, 'length'),
  ]
  const events = await decode(cut)
  expect(events.map((event) => event.type)).toEqual(['start', 'tool-use-start', 'tool-input-delta', 'finish'])
  expect(events.at(-1)).toMatchObject({ stopReason: 'max-tokens' })
  const none = [call({ index: 0, id: 'a', function: { name: 'f', arguments: '' } }), chunk({}, 'length')]
  expect(await content(none)).toEqual([{ ...use('a', 'f', {}), inputText: '' }])
})

test("fields of a call that a server wants back come with the call's end", async () => {
  const extra = { google: { thought_signature: 'c2ln' } }
  const first = { index: 0, id: 'a', function: { name: 'f', arguments: '{}' }, extra_content: extra }
  const [block] = await content([call(first), chunk({}, 'tool_calls')])
  expect(block).toMatchObject({ extra: { dialect: 'openai-chat', extra_content: extra } })
})

test('the legacy function_call is a tool use', async () => {
  expect(
    await content([
      chunk({ function_call: { name: 'f', arguments: '' } }),
      chunk({ function_call: { arguments: '{"a":1}' } }),
      chunk({}, 'function_call'),
    ]),
  ).toEqual([use('gen_1', 'f', { a: 1 })])
})

test.for([
  ['stop', 'end-turn'],
  ['length', 'max-tokens'],
  ['content_filter', 'refusal'],
  ['tool_calls', 'tool-use'],
  ['eos', 'unknown'],
] as const)('finish_reason %s is %s', async ([wire, stopReason]) => {
  expect((await decode([chunk({ content: 'x' }), chunk({}, wire)])).at(-1)).toMatchObject({ stopReason })
})

test('a forced call ends with stop and is a tool use all the same', async () => {
  const events = await decode([
    call({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
    chunk({}, 'stop'),
  ])
  expect(events.at(-1)).toMatchObject({ stopReason: 'tool-use' })
})

test('unreadable events among good ones are skipped and counted', async () => {
  const events = await decode([
    chunk({ content: 'x' }),
    '{"id":',
    { choices: 'no list' },
    chunk({}, 'stop'),
    done,
  ])
  expect(events.slice(-2)).toEqual([
    { type: 'warning', warning: { code: 'skipped-event', message: expect.stringContaining('2 unreadable') } },
    expect.objectContaining({ type: 'finish' }),
  ])
})

test('without a finish_reason for every choice the answer is not whole', async () => {
  const second = { choices: [{ index: 1, delta: { content: 'y' }, finish_reason: null }] }
  await expect(decode([chunk({ content: 'x' }), done])).rejects.toMatchObject({ code: 'bad-response' })
  await expect(decode([done])).rejects.toMatchObject({ code: 'bad-response' })
  await expect(decode([chunk({}, 'stop'), second, done])).rejects.toMatchObject({ code: 'bad-response' })
  const finished = { choices: [{ index: 1, delta: {}, finish_reason: 'stop' }] }
  const events = await decode([chunk({ content: 'x' }, 'stop'), second, finished, done])
  expect(events.filter((event) => event.type === 'text-delta')).toHaveLength(1)
})

const breaking = async function* (...events: object[]) {
  for (const event of events) yield { data: JSON.stringify(event), lastEventId: '' }
  throw new Error('reset')
}
const readBreaking = (events: object[], signal?: AbortSignal) =>
  Array.fromAsync(readStream(breaking(...events), createStreamDecoder(makeContext()), { signal }))

test('a reset after the last finish_reason is a clean end, one before it is not', async () => {
  const whole = await readBreaking([chunk({ content: 'x' }), chunk({}, 'stop')])
  expect(whole.at(-1)?.type).toBe('finish')
  await expect(readBreaking([chunk({ content: 'x' })])).rejects.toThrow('reset')
})

test('an abort after the last finish_reason is an abort', async () => {
  await expect(readBreaking([chunk({}, 'stop')], AbortSignal.abort('enough'))).rejects.toBe('enough')
})

test.for([
  [{ error: { message: 'Slow down', type: 'rate_limit_error', code: 429 } }, 'rate-limit'],
  [{ error: { message: 'No credit', code: 'insufficient_quota' } }, 'quota'],
  [{ error: 'Internal failure' }, 'bad-response'],
  [
    { error: { message: 'Down', code: 502 }, choices: [{ index: 0, delta: {}, finish_reason: 'error' }] },
    'overloaded',
  ],
] as const)('an error in the stream (%j) is %s and no finish', async ([event, code]) => {
  await expect(decode([chunk({ content: 'x' }), event, done])).rejects.toMatchObject({
    code,
    provider: 'test',
  })
  await expect(decode([chunk({}, 'stop'), event, done])).rejects.toMatchObject({ code })
})
