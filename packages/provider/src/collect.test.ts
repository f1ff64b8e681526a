import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collect, createCollector } from './collect.ts'
import type { ContentBlock } from './types/message.ts'
import type { StreamEvent } from './types/stream-event.ts'

const start: StreamEvent = { type: 'start', id: 'msg_1', model: 'm' }
const finish: StreamEvent = {
  type: 'finish',
  stopReason: 'end-turn',
  usage: { inputTokens: 3, outputTokens: 2 },
}

async function* stream(...events: StreamEvent[]): AsyncGenerator<StreamEvent> {
  yield* events
}

const blocks = (...events: StreamEvent[]): ContentBlock[] => {
  const collector = createCollector()
  for (const event of [start, ...events]) collector.push(event)
  return collector.content()
}

test('collects text, thinking, tool uses, natives and warnings in the order of their blocks', async () => {
  const native = { type: 'native', dialect: 'anthropic-messages', value: { type: 'compaction' } } as const
  const warning = { code: 'skipped-event', message: 'one event was unreadable' } as const
  const response = await collect(
    stream(
      start,
      { type: 'thinking-delta', index: 0, text: 'let me ' },
      { type: 'thinking-delta', index: 0, text: 'see' },
      { type: 'thinking-delta', index: 0, text: '', signature: 'c2ln+/=' },
      { type: 'block-end', index: 0 },
      { type: 'text-delta', index: 1, text: 'He' },
      { type: 'tool-use-start', index: 2, id: 'call_1', name: 'sum' },
      { type: 'text-delta', index: 1, text: 'llo' },
      { type: 'block-end', index: 1, extra: { citations: [] } },
      { type: 'tool-input-delta', index: 2, text: '{"a":' },
      { type: 'warning', warning },
      { type: 'tool-input-delta', index: 2, text: '1}' },
      { type: 'block-end', index: 2 },
      { type: 'native', index: 3, block: native },
      { ...finish, extra: { service_tier: 'default' } },
    ),
  )
  expect(response).toEqual({
    id: 'msg_1',
    model: 'm',
    content: [
      { type: 'thinking', text: 'let me see', signature: 'c2ln+/=' },
      { type: 'text', text: 'Hello', extra: { citations: [] } },
      { type: 'tool-use', id: 'call_1', name: 'sum', input: { a: 1 } },
      native,
    ],
    stopReason: 'end-turn',
    usage: { inputTokens: 3, outputTokens: 2 },
    warnings: [warning],
    extra: { service_tier: 'default' },
  })
})

test('a tool use without arguments has an empty input and no raw text', () => {
  expect(
    blocks(
      { type: 'tool-use-start', index: 0, id: 'a', name: 'now' },
      { type: 'tool-input-delta', index: 0, text: '' },
      { type: 'block-end', index: 0 },
    ),
  ).toEqual([{ type: 'tool-use', id: 'a', name: 'now', input: {} }])
})

test('cut arguments are kept raw, and a call cut before its first byte is not a call without arguments', () => {
  const begin: StreamEvent = { type: 'tool-use-start', index: 0, id: 'a', name: 'write' }
  expect(blocks(begin, { type: 'tool-input-delta', index: 0, text: '{"path":"/tm' })).toEqual([
    { type: 'tool-use', id: 'a', name: 'write', input: {}, inputText: '{"path":"/tm' },
  ])
  expect(blocks(begin)).toEqual([{ type: 'tool-use', id: 'a', name: 'write', input: {}, inputText: '' }])
})

test('arguments that a double would change keep their text', () => {
  const [block] = blocks(
    { type: 'tool-use-start', index: 0, id: 'a', name: 'find' },
    { type: 'tool-input-delta', index: 0, text: '{"id":9007199254740993}' },
    { type: 'block-end', index: 0 },
  )
  expect(block).toMatchObject({ inputText: '{"id":9007199254740993}' })
})

test('a thinking block without text is kept for its signature; blocks that say nothing are left out', () => {
  expect(
    blocks(
      { type: 'thinking-delta', index: 0, text: '', signature: 'sig' },
      { type: 'text-delta', index: 1, text: '' },
      { type: 'block-end', index: 1 },
      { type: 'thinking-delta', index: 2, text: '' },
      { type: 'block-end', index: 7 },
    ),
  ).toEqual([{ type: 'thinking', text: '', signature: 'sig' }])
})

test('the content so far is there at any time, and what was handed out does not change', () => {
  const collector = createCollector()
  collector.push(start)
  collector.push({ type: 'text-delta', index: 0, text: 'a' })
  const early = collector.content()
  collector.push({ type: 'text-delta', index: 0, text: 'b' })
  expect(early).toEqual([{ type: 'text', text: 'a' }])
  expect(collector.content()).toEqual([{ type: 'text', text: 'ab' }])
})

test('a stream without its finish is an error, never a short success', async () => {
  const cut = collect(stream(start, { type: 'text-delta', index: 0, text: 'half' }))
  await expect(cut).rejects.toMatchObject({ code: 'bad-response' })
})

test('events out of order and blocks that change their kind are refused', () => {
  const text: StreamEvent = { type: 'text-delta', index: 0, text: 'x' }
  const wrong: StreamEvent[][] = [
    [text],
    [finish],
    [start, start],
    [start, finish, text],
    [start, text, { type: 'thinking-delta', index: 0, text: 'x' }],
    [start, { type: 'tool-input-delta', index: 0, text: '{}' }],
    [start, text, { type: 'tool-use-start', index: 0, id: 'a', name: 'b' }],
  ]
  for (const events of wrong) {
    const collector = createCollector()
    expect(() => {
      for (const event of events) collector.push(event)
    }).toThrow(expect.objectContaining({ code: 'bad-response' }))
  }
})

test('an answer longer than its limit is refused', () => {
  const collector = createCollector({ maxLength: 4 })
  collector.push(start)
  collector.push({ type: 'text-delta', index: 0, text: '1234' })
  expect(() => collector.push({ type: 'text-delta', index: 0, text: '5' })).toThrow(/longer than 4/)
})

test('however a text and its arguments are cut into deltas, the answer is the same', () => {
  const cuts = (text: string, sizes: number[]): string[] => {
    const pieces: string[] = []
    let at = 0
    for (const size of sizes) {
      pieces.push(text.slice(at, at + size))
      at += size
    }
    return [...pieces, text.slice(at)]
  }
  fc.assert(
    fc.property(
      fc.string(),
      fc.dictionary(fc.string(), fc.string()),
      fc.array(fc.nat(5)),
      (text, input, sizes) => {
        const json = JSON.stringify(input)
        const events: StreamEvent[] = [
          ...cuts(`.${text}`, sizes).map(
            (piece): StreamEvent => ({ type: 'text-delta', index: 0, text: piece }),
          ),
          { type: 'block-end', index: 0 },
          { type: 'tool-use-start', index: 1, id: 'a', name: 'b' },
          ...cuts(json, sizes).map(
            (piece): StreamEvent => ({ type: 'tool-input-delta', index: 1, text: piece }),
          ),
          { type: 'block-end', index: 1 },
        ]
        expect(blocks(...events)).toEqual([
          { type: 'text', text: `.${text}` },
          { type: 'tool-use', id: 'a', name: 'b', input: JSON.parse(json) },
        ])
      },
    ),
  )
})
