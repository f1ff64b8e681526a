import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCollector } from '../../collect.ts'
import type { CompletionResponse } from '../../types/completion.ts'
import type { StreamEvent } from '../../types/stream-event.ts'
import { isJsonObject } from '../json.ts'
import { decodeText } from '../test-support.ts'
import { anthropicClientDialect } from './client-dialect.ts'
import { createStreamDecoder } from './decode-stream.ts'

const makeEncoder = () =>
  anthropicClientDialect.createStreamEncoder({ now: 0, includeUsage: true, generateId: () => 'gen_1' })

const start: StreamEvent = { type: 'start', id: 'chatcmpl-1', model: 'gpt-5-mini' }
const finish: StreamEvent = {
  type: 'finish',
  stopReason: 'end-turn',
  usage: { inputTokens: 12, outputTokens: 3, cacheReadTokens: 2 },
}
const text = (index: number, value: string): StreamEvent => ({ type: 'text-delta', index, text: value })
const end = (index: number): StreamEvent => ({ type: 'block-end', index })
const use = (index: number, id = `call_${index}`): StreamEvent => ({
  type: 'tool-use-start',
  index,
  id,
  name: 'f',
})
const input = (index: number, value: string): StreamEvent => ({
  type: 'tool-input-delta',
  index,
  text: value,
})

const write = (events: readonly StreamEvent[]): string => {
  const encoder = makeEncoder()
  return events.map((event) => encoder.encode(event)).join('')
}

/** What each frame says; a frame is its event's name, its data, and an empty line. */
const read = (sse: string) =>
  sse
    .split('\n\n')
    .slice(0, -1)
    .map((frame) => {
      const [, name, data = ''] = /^event: (\w+)\ndata: ([^\n]*)$/.exec(frame) ?? []
      const value: unknown = JSON.parse(data)
      if (!isJsonObject(value)) throw new Error(frame)
      expect(value.type).toBe(name)
      return value
    })
const frames = (...events: StreamEvent[]) => read(write([start, ...events, finish])).slice(1, -2)
const blockStart = (index: number, block: object) => ({
  type: 'content_block_start',
  index,
  content_block: block,
})
const delta = (index: number, value: object) => ({ type: 'content_block_delta', index, delta: value })
const stop = (index: number) => ({ type: 'content_block_stop', index })
const json = (index: number, piece: string) => delta(index, { type: 'input_json_delta', partial_json: piece })
const tool = (index: number, id: string) => blockStart(index, { type: 'tool_use', id, name: 'f', input: {} })

test('a plain answer is the events that Anthropic sends, its usage at the end', () => {
  const sse = write([start, text(0, 'Hel'), text(0, 'lo\n"you"'), end(0), finish])
  const usage = {
    input_tokens: 10,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 2,
    output_tokens: 3,
  }
  expect(read(sse)).toEqual([
    {
      type: 'message_start',
      message: {
        id: 'chatcmpl-1',
        type: 'message',
        role: 'assistant',
        model: 'gpt-5-mini',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 },
      },
    },
    blockStart(0, { type: 'text', text: '' }),
    delta(0, { type: 'text_delta', text: 'Hel' }),
    delta(0, { type: 'text_delta', text: 'lo\n"you"' }),
    stop(0),
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ])
  expect(read(write([{ ...start, id: '' }, finish]))[0]).toMatchObject({ message: { id: 'gen_1' } })
})

test('thinking that nobody signed ends with an empty signature, so that clients send it back', () => {
  expect(frames({ type: 'thinking-delta', index: 0, text: 'Hm' }, end(0))).toEqual([
    blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
    delta(0, { type: 'signature_delta', signature: '' }),
    stop(0),
  ])
})

test('a signature survives byte for byte, with no thinking text before it', () => {
  const signature = 'ErUBCkYIAxgCIkDT+/=='
  expect(frames({ type: 'thinking-delta', index: 0, text: '', signature }, end(0))).toEqual([
    blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'signature_delta', signature }),
    stop(0),
  ])
})

test('a tool without arguments has an empty piece of them', () => {
  expect(frames(use(0), end(0), use(1), input(1, ''), end(1))).toEqual([
    tool(0, 'call_0'),
    json(0, ''),
    stop(0),
    tool(1, 'call_1'),
    json(1, ''),
    stop(1),
  ])
})

test('calls that interleave are written one after the other, in the order in which they began', () => {
  const events = [
    use(3, 'c.1'),
    use(1),
    input(3, '{"a"'),
    use(2),
    input(2, '{}'),
    input(1, '{'),
    input(3, ':1}'),
  ]
  const id = expect.stringMatching(/^c_1_[0-9a-f]{16}$/)
  expect(frames(...events, input(1, '}'), text(4, 'Hm'), end(3), end(1), end(4), end(2))).toEqual([
    blockStart(0, { type: 'tool_use', id, name: 'f', input: {} }),
    json(0, '{"a"'),
    json(0, ':1}'),
    stop(0),
    tool(1, 'call_1'),
    json(1, '{'),
    json(1, '}'),
    stop(1),
    tool(2, 'call_2'),
    json(2, '{}'),
    stop(2),
    blockStart(3, { type: 'text', text: '' }),
    delta(3, { type: 'text_delta', text: 'Hm' }),
    stop(3),
  ])
})

test('a held block is open, and told as it comes, once the one before it ended', () => {
  const encoder = makeEncoder()
  for (const event of [start, use(0), use(1), input(1, '{')]) encoder.encode(event)
  expect(read(encoder.encode(end(0)))).toEqual([json(0, ''), stop(0), tool(1, 'call_1'), json(1, '{')])
  expect(read(encoder.encode(input(1, '}')))).toEqual([json(1, '}')])
})

test('more than can wait is an error, not memory', () => {
  const encoder = makeEncoder()
  for (const event of [start, use(0), use(1)]) encoder.encode(event)
  const piece = input(1, 'x'.repeat(1_000_000))
  for (let count = 0; count < 8; count += 1) expect(encoder.encode(piece)).toBe('')
  expect(() => encoder.encode(piece)).toThrow(expect.objectContaining({ code: 'bad-response' }))
})

test('a tool use that was cut has no stop; a text that was cut has one', () => {
  expect(frames(use(0), input(0, '{"path":"/tm'))).toEqual([tool(0, 'call_0'), json(0, '{"path":"/tm')])
  expect(frames(use(0), use(1), input(1, '{}'), end(1), text(2, 'Hm')).slice(1)).toEqual([
    tool(1, 'call_1'),
    json(1, '{}'),
    stop(1),
    blockStart(2, { type: 'text', text: '' }),
    delta(2, { type: 'text_delta', text: 'Hm' }),
    stop(2),
  ])
})

test('blocks of this dialect alone go as they are, a server tool with its input in pieces; those of others not', () => {
  const native = (value: object, dialect = 'anthropic-messages') =>
    ({ type: 'native', index: 0, block: { type: 'native', dialect, value } }) as StreamEvent
  const results = { type: 'web_search_tool_result', tool_use_id: 's', content: [] }
  const search = { type: 'server_tool_use', id: 's', name: 'web_search' }
  expect(
    frames(native({ ...search, input: { query: 'x' } }), native(results), native({ id: 'x' }, 'openai-chat')),
  ).toEqual([
    blockStart(0, { ...search, input: {} }),
    json(0, '{"query":"x"}'),
    stop(0),
    blockStart(1, results),
    stop(1),
  ])
})

test('citations come before the end of their text', () => {
  const citation = { type: 'char_location', cited_text: 'x' }
  const extra = { dialect: 'anthropic-messages', citations: [citation] }
  expect(frames(text(0, 'x'), { type: 'block-end', index: 0, extra }).slice(2)).toEqual([
    delta(0, { type: 'citations_delta', citation }),
    stop(0),
  ])
})

test('what this dialect said of the message stands where it stood; what another said does not', () => {
  const fields = {
    stop_sequence: 'END',
    stop_details: { category: 'cyber' },
    context_management: { applied_edits: [] },
  }
  const ended = (dialect: string) =>
    read(write([start, { ...finish, stopReason: 'refusal', extra: { dialect, ...fields } }])).at(-2)
  const { context_management, ...inDelta } = fields
  expect(ended('anthropic-messages')).toMatchObject({
    delta: { stop_reason: 'refusal', ...inDelta },
    context_management,
  })
  expect(ended('openai-chat')).toMatchObject({ delta: { stop_reason: 'refusal', stop_sequence: null } })
})

test('a break is an error event, and nothing after it', () => {
  const encoder = makeEncoder()
  for (const event of [start, text(0, 'Hel')]) encoder.encode(event)
  const sse = encoder.fail({ status: 529, code: 'overloaded', message: 'Busy', requestId: 'req_1' })
  expect(read(sse)).toEqual([
    {
      type: 'error',
      error: { type: 'overloaded_error', message: 'Busy', code: 'overloaded' },
      request_id: 'req_1',
    },
  ])
})

/** Blocks with their pieces, told in any interleaving that keeps each one's own order. */
const piece = fc.oneof(fc.string(), fc.constantFrom('', '\n', '"', '\u2028', '\ud83d'))
const block = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), pieces: fc.array(piece, { minLength: 1, maxLength: 3 }) }),
  fc.record({
    kind: fc.constant('thinking' as const),
    pieces: fc.array(piece, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('tool' as const), pieces: fc.array(piece, { maxLength: 3 }) }),
)
const story = fc.array(block, { maxLength: 5 }).chain((blocks) => {
  const lines = blocks.map(({ kind, pieces }, index): StreamEvent[] => {
    if (kind === 'tool') return [use(index), ...pieces.map((value) => input(index, value)), end(index)]
    const type = kind === 'text' ? 'text-delta' : 'thinking-delta'
    return [...pieces.map((value): StreamEvent => ({ type, index, text: value })), end(index)]
  })
  const length = lines.reduce((sum, line) => sum + line.length, 0)
  return fc.array(fc.nat(), { minLength: length, maxLength: length }).map((picks) => interleave(lines, picks))
})

const interleave = (lines: readonly StreamEvent[][], picks: readonly number[]): StreamEvent[] => {
  const rest = lines.map((line) => [...line])
  return picks.flatMap((pick) => {
    const open = rest.filter((line) => line.length > 0)
    return open[pick % open.length]?.splice(0, 1) ?? []
  })
}

const collectAll = (events: readonly StreamEvent[]): CompletionResponse => {
  const collector = createCollector()
  for (const event of events) collector.push(event)
  return collector.response()
}

test('whatever the order, one block is open at a time, indexes have no gaps, and nothing is lost', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const events = [start, ...told, finish]
      const sse = write(events)
      let open: unknown
      let next = 0
      for (const { type, index } of read(sse)) {
        if (type === 'content_block_start') {
          expect([open, index]).toEqual([undefined, next])
          open = index
          next += 1
        } else if (type === 'content_block_delta') expect(index).toBe(open)
        else if (type === 'content_block_stop') {
          expect(index).toBe(open)
          open = undefined
        } else expect(open).toBeUndefined()
      }
      const decoded = await decodeText({ createStreamDecoder }, sse)
      const sorted = (response: CompletionResponse) => ({
        ...response,
        content: response.content.map((value) => JSON.stringify(value)).sort(),
      })
      const expected = collectAll(events)
      expect(sorted(collectAll(decoded))).toEqual(
        sorted({ ...expected, usage: { ...expected.usage, cacheWriteTokens: 0 } }),
      )
    }),
    { numRuns: 300 },
  )
})
