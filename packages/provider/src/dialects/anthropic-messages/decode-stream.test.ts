import { expect, test } from 'vitest'
import type { DecodeContext } from '../dialect.ts'
import { readStream } from '../read-stream.ts'
import { decodeText, makeContext, toSse } from '../test-support.ts'
import { createStreamDecoder } from './decode-stream.ts'

const start = (over: object = {}) => ({
  type: 'message_start',
  message: {
    id: 'msg_1',
    model: 'claude-sonnet-4-6',
    content: [],
    usage: { input_tokens: 10, output_tokens: 1 },
    ...over,
  },
})
const blockStart = (index: number, block: object) => ({
  type: 'content_block_start',
  index,
  content_block: block,
})
const delta = (index: number, value: object) => ({ type: 'content_block_delta', index, delta: value })
const text = (index: number, value: string) => delta(index, { type: 'text_delta', text: value })
const blockStop = (index: number) => ({ type: 'content_block_stop', index })
const messageDelta = (
  stopReason: string | null,
  usage: object = { output_tokens: 5 },
  more: object = {},
) => ({
  type: 'message_delta',
  delta: { stop_reason: stopReason, stop_sequence: null, ...more },
  usage,
})
const stop = { type: 'message_stop' }

const asked = 'claude-sonnet-4-6'
const decode = (events: readonly unknown[], context: DecodeContext = makeContext({ model: asked })) =>
  decodeText({ createStreamDecoder }, toSse(events, true), context)

const hello = [start(), blockStart(0, { type: 'text', text: '' }), text(0, 'Hello'), blockStop(0)]

test('a plain answer starts once, tells its text and finishes once', async () => {
  expect(await decode([...hello, messageDelta('end_turn'), stop])).toEqual([
    { type: 'start', id: 'msg_1', model: 'claude-sonnet-4-6' },
    { type: 'text-delta', index: 0, text: 'Hello' },
    { type: 'block-end', index: 0 },
    { type: 'finish', stopReason: 'end-turn', usage: { inputTokens: 10, outputTokens: 5 } },
  ])
})

test('pings anywhere, also first and between stop and delta, say nothing', async () => {
  const ping = { type: 'ping' }
  const plain = await decode([...hello, messageDelta('end_turn'), stop])
  const [first, ...rest] = hello
  expect(
    await decode([ping, first, ping, ...rest, ping, ping, messageDelta('end_turn'), ping, stop]),
  ).toEqual(plain)
})

test('later usage replaces earlier, and a null figure replaces nothing', async () => {
  const usage = {
    input_tokens: 43,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 7,
    output_tokens: 1,
  }
  const later = { input_tokens: 61, cache_read_input_tokens: null, output_tokens: 9 }
  const events = await decode([start({ usage }), messageDelta('end_turn', later), stop])
  expect(events.at(-1)).toMatchObject({
    usage: { inputTokens: 168, outputTokens: 9, cacheReadTokens: 100, cacheWriteTokens: 7 },
  })
})

test('a stream without any usage says that its figures are no figures', async () => {
  const events = await decode([start({ usage: null }), messageDelta('end_turn', {}), stop])
  expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 0, outputTokens: 0, estimated: true } })
})

test('fields of usage that are not modelled are kept', async () => {
  const usage = { output_tokens: 3, iterations: [{ input_tokens: 5 }] }
  const events = await decode([start(), messageDelta('end_turn', usage), stop])
  expect(events.at(-1)).toMatchObject({
    usage: { extra: { dialect: 'anthropic-messages', iterations: [{ input_tokens: 5 }] } },
  })
})

test('the first tool gets block 0 where the wire left gaps in its indexes', async () => {
  const tool = { type: 'tool_use', id: 'toolu_1', name: 'now', input: {} }
  const json = delta(4, { type: 'input_json_delta', partial_json: '' })
  const events = await decode([
    start(),
    blockStart(4, tool),
    json,
    blockStop(4),
    messageDelta('tool_use'),
    stop,
  ])
  expect(events.slice(1, -1)).toEqual([
    { type: 'tool-use-start', index: 0, id: 'toolu_1', name: 'now' },
    { type: 'block-end', index: 0 },
  ])
})

test('a tool input that came whole with the start is not lost', async () => {
  const tool = { type: 'tool_use', id: 'toolu_1', name: 'add', input: { a: 1 } }
  const events = await decode([start(), blockStart(0, tool), blockStop(0), messageDelta('tool_use'), stop])
  expect(events).toContainEqual({ type: 'tool-input-delta', index: 0, text: '{"a":1}' })
})

test('tool JSON cut by max_tokens stays without an end, so that nobody takes it for whole', async () => {
  const tool = { type: 'tool_use', id: 'toolu_1', name: 'write', input: {} }
  const json = delta(0, { type: 'input_json_delta', partial_json: '{"path":"/tm' })
  const events = await decode([start(), blockStart(0, tool), json, messageDelta('max_tokens'), stop])
  expect(events.slice(1)).toEqual([
    { type: 'tool-use-start', index: 0, id: 'toolu_1', name: 'write' },
    { type: 'tool-input-delta', index: 0, text: '{"path":"/tm' },
    expect.objectContaining({ type: 'finish', stopReason: 'max-tokens' }),
  ])
})

test('text and thinking without content_block_stop are ended with the message', async () => {
  const events = await decode([...hello.slice(0, 3), messageDelta('max_tokens'), stop])
  expect(events.slice(-2)).toEqual([
    { type: 'block-end', index: 0 },
    expect.objectContaining({ type: 'finish', stopReason: 'max-tokens' }),
  ])
})

test('a signature survives byte for byte, with no thinking text before it, and names the model that takes it back', async () => {
  const signature = 'ErUBCkYIAxgCIkDT+/=='
  const events = await decode([
    start(),
    blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'thinking_delta', thinking: '' }),
    delta(0, { type: 'signature_delta', signature }),
    blockStop(0),
    messageDelta('end_turn'),
    stop,
  ])
  expect(events.slice(1, -1)).toEqual([
    { type: 'thinking-delta', index: 0, text: '', signature },
    {
      type: 'block-end',
      index: 0,
      extra: { dialect: 'anthropic-messages', model: 'claude-sonnet-4-6' },
    },
  ])
})

test('whatever name the answer gives its model, a signature goes back to the model that was asked', async () => {
  const signerOf = async (model: string, answered: string | null) => {
    const events = [
      start({ model: answered }),
      blockStart(0, { type: 'thinking', thinking: '', signature: 'Eg==' }),
      blockStop(0),
      stop,
    ]
    const [first, , end] = await decode(events, makeContext({ model }))
    expect(first).toMatchObject({ type: 'start', model: answered ?? model })
    return end !== undefined && 'extra' in end ? end.extra?.model : undefined
  }
  expect(await signerOf('my-claude', 'claude-opus-4-6')).toBe('my-claude')
  expect(await signerOf('my-claude', null)).toBe('my-claude')
  expect(await signerOf('claude-opus-4-6', 'claude-opus-4-6-20260205')).toBe('claude-opus-4-6-20260205')
  expect(await signerOf('claude-opus-4-0', 'claude-opus-4-20250514')).toBe('claude-opus-4-20250514')
  expect(await signerOf('claude-opus-4-5@20251101', 'claude-opus-4-5-20251101')).toBe(
    'claude-opus-4-5-20251101',
  )
})

test('blocks of unknown types are put together and handed on whole', async () => {
  const events = await decode([
    start(),
    blockStart(0, { type: 'compaction', content: '' }),
    delta(0, { type: 'compaction_delta', content: 'So far: ' }),
    delta(0, { type: 'compaction_delta', content: 'nothing.' }),
    blockStop(0),
    blockStart(1, { type: 'container_upload', file_id: 'file_1' }),
    blockStop(1),
    blockStart(2, { type: 'text', text: '' }),
    text(2, 'ok'),
    blockStop(2),
    messageDelta('end_turn'),
    stop,
  ])
  const native = { type: 'native', dialect: 'anthropic-messages', model: 'claude-sonnet-4-6' }
  expect(events.slice(1, 4)).toEqual([
    {
      type: 'native',
      index: 0,
      block: { ...native, value: { type: 'compaction', content: 'So far: nothing.' } },
    },
    {
      type: 'native',
      index: 1,
      block: { ...native, value: { type: 'container_upload', file_id: 'file_1' } },
    },
    { type: 'text-delta', index: 2, text: 'ok' },
  ])
})

test('a block of an unknown type that was cut is left out with a warning', async () => {
  const events = await decode([
    start(),
    blockStart(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
    messageDelta('max_tokens'),
    stop,
  ])
  expect(events[1]).toMatchObject({ type: 'warning', warning: { code: 'dropped-block' } })
  expect(events).toHaveLength(3)
})

test('a refusal without content keeps its details', async () => {
  const details = { category: 'cyber', explanation: 'No.' }
  const events = await decode([start(), messageDelta('refusal', {}, { stop_details: details }), stop])
  expect(events.slice(1)).toEqual([
    expect.objectContaining({
      type: 'finish',
      stopReason: 'refusal',
      extra: { dialect: 'anthropic-messages', stop_details: details },
    }),
  ])
})

test.for([
  ['end_turn', 'end-turn'],
  ['max_tokens', 'max-tokens'],
  ['stop_sequence', 'stop-sequence'],
  ['tool_use', 'tool-use'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
  ['model_context_window_exceeded', 'context-window'],
  ['constructor', 'unknown'],
  [null, 'unknown'],
] as const)('stop_reason %s is %s', async ([wire, stopReason]) => {
  expect((await decode([...hello, messageDelta(wire), stop])).at(-1)).toMatchObject({ stopReason })
})

test('a message_start that comes again says nothing new; its blocks go on counting', async () => {
  const events = await decode([start(), ...hello, ...hello, messageDelta('end_turn'), stop])
  expect(events.filter((event) => event.type === 'start')).toHaveLength(1)
  expect(events.filter((event) => event.type === 'text-delta')).toEqual([
    { type: 'text-delta', index: 0, text: 'Hello' },
    { type: 'text-delta', index: 1, text: 'Hello' },
  ])
})

test('another message_start spliced into an open block ends nothing; its blocks take the places of those before', async () => {
  const spliced = [start({ id: 'msg_2', usage: { input_tokens: 99 } }), ...hello.slice(1)]
  const events = await decode([...hello.slice(0, 3), ...spliced, messageDelta('end_turn'), stop])
  expect(events).toEqual([
    { type: 'start', id: 'msg_1', model: 'claude-sonnet-4-6' },
    { type: 'text-delta', index: 0, text: 'Hello' },
    { type: 'block-end', index: 0 },
    { type: 'text-delta', index: 1, text: 'Hello' },
    { type: 'block-end', index: 1 },
    { type: 'finish', stopReason: 'end-turn', usage: { inputTokens: 99, outputTokens: 5 } },
  ])
})

test('unreadable events among good ones are skipped and counted', async () => {
  const events = await decode([
    ...hello,
    '{"type":"content_block_delta","index":0,',
    { type: 'content_block_start', index: 1 },
    { type: 'some_future_event', payload: 1 },
    delta(7, { type: 'input_json_delta', partial_json: 'of a block that never started' }),
    messageDelta('end_turn'),
    stop,
  ])
  expect(events.slice(-2)).toEqual([
    {
      type: 'warning',
      warning: { code: 'skipped-event', message: expect.stringContaining('3 unreadable events') },
    },
    expect.objectContaining({ type: 'finish' }),
  ])
})

test('text of a block whose start was lost is no less the answer', async () => {
  const events = await decode([
    start(),
    delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
    blockStop(0),
    text(1, 'Yes'),
    text(1, '!'),
    messageDelta('end_turn'),
    stop,
  ])
  expect(events.slice(1, -1)).toEqual([
    { type: 'thinking-delta', index: 0, text: 'Hm' },
    { type: 'block-end', index: 0 },
    { type: 'text-delta', index: 1, text: 'Yes' },
    { type: 'text-delta', index: 1, text: '!' },
    { type: 'block-end', index: 1 },
  ])
})

test('nothing after message_stop is read', async () => {
  const endless = (async function* () {
    for (const event of [...hello, messageDelta('end_turn'), stop]) {
      yield { data: JSON.stringify(event), lastEventId: '' }
    }
    throw new Error('read on')
  })()
  const events = await Array.fromAsync(readStream(endless, createStreamDecoder(makeContext())))
  expect(events.at(-1)?.type).toBe('finish')
})

test.for([
  ['overloaded_error', 'overloaded'],
  ['rate_limit_error', 'rate-limit'],
  ['api_error', 'overloaded'],
  ['authentication_error', 'authentication'],
  ['some_future_error', 'bad-response'],
] as const)('an error event %s after a good status is %s', async ([type, code]) => {
  const error = { type: 'error', error: { type, message: 'Overloaded' }, request_id: 'req_1' }
  const failed = decode([...hello, error])
  await expect(failed).rejects.toMatchObject({
    code,
    message: 'Overloaded',
    upstreamCode: type,
    provider: 'test',
  })
})

test('an error event that is no JSON is an error all the same', async () => {
  const failed = decodeText({ createStreamDecoder }, 'event: error\ndata: boom\n\n')
  await expect(failed).rejects.toMatchObject({ code: 'bad-response', message: 'boom' })
})

test('an end without message_stop is an error, with [DONE] too', async () => {
  const whole = [...hello, messageDelta('end_turn')]
  await expect(decode(whole)).rejects.toMatchObject({ code: 'bad-response' })
  await expect(decode([...whole, '[DONE]'])).rejects.toMatchObject({ code: 'bad-response' })
  await expect(decode([stop])).rejects.toMatchObject({ code: 'bad-response' })
})

test('event names and indexes may be missing where the data says enough', async () => {
  const events = await decodeText(
    { createStreamDecoder },
    toSse([
      start({ id: null, model: null }),
      { type: 'content_block_start', content_block: { type: 'text', text: 'H' } },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'i' } },
      { type: 'content_block_stop' },
      messageDelta('end_turn'),
      stop,
    ]),
  )
  expect(events.slice(0, 4)).toEqual([
    { type: 'start', id: 'gen_1', model: 'asked-model' },
    { type: 'text-delta', index: 0, text: 'H' },
    { type: 'text-delta', index: 0, text: 'i' },
    { type: 'block-end', index: 0 },
  ])
})

test('citations arrive with the end of their text', async () => {
  const citation = { type: 'char_location', cited_text: 'x', document_index: 0 }
  const events = await decode([
    ...hello.slice(0, 3),
    delta(0, { type: 'citations_delta', citation }),
    blockStop(0),
    messageDelta('end_turn'),
    stop,
  ])
  expect(events).toContainEqual({
    type: 'block-end',
    index: 0,
    extra: { dialect: 'anthropic-messages', citations: [citation] },
  })
})
