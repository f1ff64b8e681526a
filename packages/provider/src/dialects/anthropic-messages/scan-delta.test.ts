import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from '../json.ts'
import { decodeText, toSse } from '../test-support.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { scanDelta, toDeltaPattern } from './scan-delta.ts'
import { type BlockDeltaEvent, readCommonDelta, readEvent } from './wire.ts'

const fields = { text_delta: 'text', thinking_delta: 'thinking', input_json_delta: 'partial_json' } as const
const kind = fc.constantFrom('text_delta', 'thinking_delta', 'input_json_delta')
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"}}', '\\', '"', '"}', 'a"},"x":{"y":"z', '\\"}}', '{"a":"b"}', '\u2028', '\ud83d'),
)
const number = fc.constantFrom<unknown>(0, 3, undefined, null, 'x', 'huge', 1.5)

const orders = ['plain', 'reversed', 'extra', 'quoted', 'more', 'spaced', 'padded'] as const

/** JSON of a delta in any way to write it. */
const write = (type: keyof typeof fields, said: unknown, index: unknown, order: (typeof orders)[number]) => {
  const inner = { type, [fields[type]]: said }
  const event = { type: 'content_block_delta', index, delta: inner }
  const written = {
    plain: JSON.stringify(event),
    reversed: JSON.stringify({ delta: { [fields[type]]: said, type }, index, type: event.type }),
    extra: JSON.stringify({ ...event, delta: { ...inner, more: 'x' } }),
    quoted: JSON.stringify({ ...event, delta: { ...inner, more: '"}}' } }),
    more: JSON.stringify({ seq: '{"', ...event, more: said }),
    spaced: JSON.stringify(event, null, 1).replaceAll('\n', ' '),
    padded: `${JSON.stringify(event)}    `,
  }[order]
  // A number that JSON may hold and that none of ours is.
  return written.replace('"index":"huge"', '"index":1e999')
}
const anything = fc.oneof(value, fc.constantFrom<unknown>(null, 5, {}))
const order = fc.constantFrom(...orders)
const delta = fc.tuple(kind, anything, number, order).map((parts) => write(...parts))
/** Deltas of one block, the first one whole. */
const block = fc
  .tuple(kind, number, value, fc.array(fc.tuple(anything, order), { maxLength: 4 }))
  .map(([type, index, first, rest]) => [
    write(type, first, index, 'plain'),
    ...rest.map(([said, how]) => write(type, said, index, how)),
  ])

test('common deltas are read by hand as the schema reads them', () => {
  fc.assert(
    fc.property(delta, (data) => {
      const parsed = parseJson(data)
      const byHand = readCommonDelta(parsed)
      const bySchema = readEvent(parsed)
      if (byHand !== undefined)
        expect({ index: undefined, ...byHand, ...noIndex(byHand) }).toEqual({
          index: undefined,
          ...toObject(bySchema),
        })
      else expect(bySchema).toBeUndefined()
    }),
  )
})

/** A missing index and a null one say the same. */
const noIndex = (event: BlockDeltaEvent) => (event.index === null ? { index: undefined } : {})
const toObject = (event: ReturnType<typeof readEvent>) => {
  if (typeof event !== 'object') throw new Error(String(event))
  return 'index' in event && event.index === null ? { ...event, index: undefined } : event
}

test('what is scanned is what would be parsed', () => {
  let scanned = 0
  fc.assert(
    fc.property(block, fc.array(delta, { maxLength: 2 }), ([first = '', ...rest], others) => {
      const learned = readCommonDelta(parseJson(first))
      const pattern = learned && toDeltaPattern(first, learned)
      if (pattern === undefined) return
      for (const data of [first, ...rest, ...others]) {
        const found = scanDelta(data, pattern)
        if (found === undefined) continue
        scanned += 1
        expect(found).toEqual(readCommonDelta(parseJson(data)))
      }
    }),
    { numRuns: 1000 },
  )
  expect(scanned).toBeGreaterThan(500)
})

test('deltas are scanned in compact JSON, padded as the API does it, and as Python writes it', () => {
  const said = 'b "c" \n'
  const python =
    '{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "b \\"c\\" \\n"}}'
  for (const data of [
    write('text_delta', said, 0, 'plain'),
    write('text_delta', said, 0, 'padded'),
    python,
  ]) {
    const learned = readCommonDelta(parseJson(data))
    const pattern = learned && toDeltaPattern(data.trimEnd(), learned)
    expect(pattern && scanDelta(data, pattern)).toEqual({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: said },
    })
  }
})

test('an event that is named an error is one, whatever it looks like', async () => {
  const [first, ...others] = [
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
  ]
  const sse = `${toSse([first, ...others], true)}event: error\n${toSse(others)}`
  await expect(decodeText({ createStreamDecoder }, sse)).rejects.toMatchObject({ provider: 'test' })
})

test('every order of JSON gives the same events', async () => {
  const run = fc.array(fc.record({ kind, value }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(run, async (pieces) => {
      const types = { text_delta: 'text', thinking_delta: 'thinking', input_json_delta: 'tool_use' } as const
      const events = (reversed: boolean) => [
        { type: 'message_start', message: { id: 'm', model: 'm' } },
        ...Object.values(types).map((type, index) => ({
          type: 'content_block_start',
          index,
          content_block: { type, id: 'a', name: 'f' },
        })),
        ...pieces.map(({ kind: type, value: said }) => {
          const index = Object.keys(types).indexOf(type)
          const inner = { type, [fields[type]]: said }
          return reversed
            ? { delta: inner, index, type: 'content_block_delta' }
            : { type: 'content_block_delta', index, delta: inner }
        }),
        { type: 'message_stop' },
      ]
      const read = (reversed: boolean) => decodeText({ createStreamDecoder }, toSse(events(reversed), true))
      expect(await read(false)).toEqual(await read(true))
    }),
  )
})
