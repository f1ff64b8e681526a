import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collect } from '../../collect.ts'
import type { JsonObject } from '../../types/json.ts'
import type { StreamEvent } from '../../types/stream-event.ts'
import type { ClientContext } from '../client-dialect.ts'
import { isJsonObject, parseJson } from '../json.ts'
import { decodeText } from '../test-support.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { createStreamEncoder } from './encode-stream.ts'

const context: ClientContext = { now: 1_763_800_000_999, generateId: () => 'made', includeUsage: false }
const start: StreamEvent = { type: 'start', id: 'msg_1', model: 'claude' }
const finish = (over: object = {}): StreamEvent => ({
  type: 'finish',
  stopReason: 'end-turn',
  usage: { inputTokens: 3, outputTokens: 2 },
  ...over,
})

/** The frames of an answer's events, each parsed where it is JSON. */
const encode = (events: readonly StreamEvent[], over: Partial<ClientContext> = {}) => {
  const encoder = createStreamEncoder({ ...context, ...over })
  const text = [start, ...events].map((event) => encoder.encode(event)).join('')
  expect(text.endsWith('\n\n')).toBe(true)
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((frame) => {
      expect(frame).toMatch(/^data: [^\n]*$/)
      return parseJson(frame.slice('data: '.length)) ?? frame.slice('data: '.length)
    })
}

/** The deltas of the chunks, of which each holds one choice. */
const deltas = (events: readonly StreamEvent[], over?: Partial<ClientContext>) =>
  encode([...events, finish()], over)
    .filter(isJsonObject)
    .map((chunk) => (chunk.choices as { delta: JsonObject }[])[0]?.delta)
    .slice(0, -1)

const role = (content: string | null) => ({ role: 'assistant', content, refusal: null })
const text = (index: number, value: string): StreamEvent => ({ type: 'text-delta', index, text: value })
const thinking = (index: number, value: string, signature?: string): StreamEvent => ({
  type: 'thinking-delta',
  index,
  text: value,
  signature,
})
const use = (index: number, id: string, name = 'f'): StreamEvent => ({
  type: 'tool-use-start',
  index,
  id,
  name,
})
const input = (index: number, value: string): StreamEvent => ({
  type: 'tool-input-delta',
  index,
  text: value,
})
const end = (index: number, extra?: JsonObject): StreamEvent => ({ type: 'block-end', index, extra })

test('an answer is the role, its text, the reason to stop, and [DONE]', () => {
  const chunk = (delta: object, reason: string | null = null) => ({
    id: 'msg_1',
    object: 'chat.completion.chunk',
    created: 1_763_800_000,
    model: 'claude',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
  })
  expect(encode([text(0, 'Grüße\n"'), text(0, ''), text(0, '\u2028!'), end(0), finish()])).toEqual([
    chunk(role('')),
    chunk({ content: 'Grüße\n"' }),
    chunk({ content: '\u2028!' }),
    chunk({}, 'stop'),
    '[DONE]',
  ])
})

test('usage comes in a chunk of its own where it was asked for, and is null in every other', () => {
  const frames = encode([text(0, 'x'), finish()], { includeUsage: true })
  expect(frames.slice(0, -2)).toEqual(frames.slice(0, -2).map(() => expect.objectContaining({ usage: null })))
  expect(frames.slice(-2)).toEqual([
    {
      id: 'msg_1',
      object: 'chat.completion.chunk',
      created: 1_763_800_000,
      model: 'claude',
      choices: [],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    },
    '[DONE]',
  ])
  expect(JSON.stringify(encode([text(0, 'x'), finish()]))).not.toContain('usage')
})

test('nothing is said before the first content, and an answer of nothing is an empty one', () => {
  const encoder = createStreamEncoder(context)
  const native = {
    type: 'native',
    dialect: 'anthropic-messages',
    value: { type: 'server_tool_use' },
  } as const
  expect(encoder.encode(start)).toBe('')
  expect(encoder.encode({ type: 'warning', warning: { code: 'skipped-event', message: 'x' } })).toBe('')
  expect(encoder.encode({ type: 'native', index: 0, block: native })).toBe('')
  expect(encoder.encode(end(1))).toBe('')
  expect(encode([finish({ stopReason: 'refusal' })])).toMatchObject([
    { choices: [{ delta: role('') }] },
    { choices: [{ delta: {}, finish_reason: 'content_filter' }] },
    '[DONE]',
  ])
})

test('calls are counted from 0, whichever blocks they are, and may interleave', () => {
  const piece = (index: number, value: string) => ({
    tool_calls: [{ index, function: { arguments: value } }],
  })
  const first = (index: number, id: string, name: string) => ({
    tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }],
  })
  expect(
    deltas([
      ...[use(1, 'a', 'f'), input(1, ''), input(1, '{"x":'), use(3, 'b', 'g')],
      ...[input(3, '{'), input(1, '1}'), input(3, '}'), end(1), end(3)],
    ]),
  ).toEqual([
    role(null),
    ...[first(0, 'a', 'f'), piece(0, '{"x":'), first(1, 'b', 'g')],
    ...[piece(1, '{'), piece(0, '1}'), piece(1, '}')],
  ])
})

test('a call without arguments ends as {}, one that was cut stays cut', () => {
  const piece = { tool_calls: [{ index: 0, function: { arguments: '{}' } }] }
  expect(deltas([use(0, 'a'), input(0, ''), end(0)]).slice(2)).toEqual([piece])
  expect(deltas([use(0, 'a'), input(0, '')]).slice(2)).toEqual([])
})

test('fields of a call come with its end', () => {
  const extra = { dialect: 'openai-chat', extra_content: { google: {} } }
  expect(deltas([use(0, 'a'), input(0, '{}'), end(0, extra)]).at(-1)).toEqual({
    tool_calls: [{ index: 0, extra_content: { google: {} } }],
  })
})

test('thinking is reasoning_content; all signatures follow at the end, with the texts that they sign', () => {
  const extra = { dialect: 'anthropic-messages', model: 'claude' }
  const signed = (value: string, signature: string, index: number, more: object = {}) => ({
    ...{ type: 'reasoning.text', text: value, signature, index, ...more },
  })
  const redacted: StreamEvent = {
    type: 'native',
    index: 1,
    block: { type: 'native', dialect: 'mock', value: { type: 'redacted_thinking', data: 'Emw=' } },
  }
  expect(
    deltas([
      ...[thinking(0, 'Hm'), thinking(0, '.'), thinking(0, '', 'c2ln'), end(0, extra)],
      ...[redacted, thinking(2, '', 'bm9uZQ'), end(2), thinking(3, 'plain'), end(3), text(4, 'Yes')],
    ]),
  ).toEqual([
    ...[role(''), { reasoning_content: 'Hm' }, { reasoning_content: '.' }],
    ...[{ reasoning_content: 'plain' }, { content: 'Yes' }],
    {
      reasoning_details: [
        signed('Hm.', 'c2ln', 0, { format: 'anthropic-messages', model: 'claude' }),
        { type: 'reasoning.encrypted', data: 'Emw=', block: 'redacted_thinking', format: 'mock', index: 1 },
        signed('', 'bm9uZQ', 2),
      ],
    },
  ])
})

test('words of a refusal are one', () => {
  expect(deltas([{ type: 'text-delta', index: 0, text: 'No.', isRefusal: true }])).toEqual([
    role(''),
    { refusal: 'No.' },
  ])
})

test('a client of functions reads a function_call', () => {
  const form = { answerForm: { functions: true } }
  const events = [use(0, 'a'), input(0, '{"x":1}'), end(0)]
  expect(deltas(events, form)).toEqual([
    role(null),
    { function_call: { name: 'f', arguments: '' } },
    { function_call: { arguments: '{"x":1}' } },
  ])
  expect(encode([...events, finish({ stopReason: 'tool-use' })], form).at(-2)).toMatchObject({
    choices: [{ finish_reason: 'function_call' }],
  })
})

test('a call of a custom tool is free text, whole at its end', () => {
  const form = { answerForm: { custom: ['sql'] } }
  expect(deltas([use(0, 'a', 'sql'), input(0, '{"input":"SEL'), input(0, 'ECT 1"}'), end(0)], form)).toEqual([
    role(null),
    { tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'sql', input: '' } }] },
    { tool_calls: [{ index: 0, custom: { input: 'SELECT 1' } }] },
  ])
})

test('a break is an error event, without a reason to stop and without [DONE]', () => {
  const encoder = createStreamEncoder({ ...context, includeUsage: true })
  encoder.encode(start)
  encoder.encode(text(0, 'x'))
  const error = { status: 502, code: 'bad_response', message: 'It broke.', requestId: 'req_1' }
  expect(encoder.fail(error)).toBe(
    'data: {"error":{"message":"It broke.","type":"server_error","param":null,"code":"bad_response","request_id":"req_1"}}\n\n',
  )
})

const block = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), pieces: fc.array(fc.string({ unit: 'binary' })) }),
  fc.record({ kind: fc.constant('thinking' as const), pieces: fc.array(fc.string()) }),
  fc.record({
    kind: fc.constant('refusal' as const),
    pieces: fc.array(fc.string({ minLength: 1 }), { minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant('use' as const),
    pieces: fc.constantFrom([], ['{"a', '":1}'], ['{"n":1.', '0e400}']),
  }),
)

const toEvents = (blocks: readonly { kind: string; pieces: readonly string[] }[]): StreamEvent[] =>
  blocks.flatMap(({ kind, pieces }, at) => {
    if (kind === 'use') return [use(at, `call_${at}`), ...pieces.map((piece) => input(at, piece)), end(at)]
    const refusal = { dialect: 'openai-chat', type: 'refusal' }
    const isRefusal = kind === 'refusal' ? { isRefusal: true as const } : {}
    const said = pieces.map(
      (piece): StreamEvent =>
        kind === 'thinking' ? thinking(at, piece) : { ...text(at, piece), ...isRefusal },
    )
    return [...said, end(at, kind === 'refusal' ? refusal : undefined)]
  })

const whole = async (events: readonly StreamEvent[]) => {
  const { content } = await collect(
    (async function* () {
      yield* events
    })(),
  )
  // The wire has no blocks: texts of a kind that follow each other are one.
  const joined: { type: string; text?: string; [key: string]: unknown }[] = []
  for (const { ...one } of content) {
    const last = joined.at(-1)
    const isMore =
      'text' in one && last?.type === one.type && JSON.stringify(last.extra) === JSON.stringify(one.extra)
    if (isMore && last !== undefined) last.text = `${last.text}${one.text}`
    else joined.push(one)
  }
  return joined
}

test('what is encoded is decoded as the same answer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(block, { maxLength: 5 }), async (blocks) => {
      const events = [start, ...toEvents(blocks), finish()]
      const encoder = createStreamEncoder(context)
      const wire = events.map((event) => encoder.encode(event)).join('')
      const again = await decodeText({ createStreamDecoder }, wire)
      expect(await whole(again)).toEqual(await whole(events))
    }),
  )
})
