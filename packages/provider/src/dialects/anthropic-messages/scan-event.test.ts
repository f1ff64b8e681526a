import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from '../json.ts'
import { scanEvent } from './scan-event.ts'
import { readCommonDelta, readEvent } from './wire.ts'

const delta = (said: object, more: object = {}) =>
  JSON.stringify({ type: 'content_block_delta', index: 0, delta: said, ...more })
const start = (block: object) =>
  JSON.stringify({ type: 'content_block_start', index: 0, content_block: block })
const hello = delta({ type: 'text_delta', text: 'Hello' })

/** By way of parsing. */
const read = (data: string) => {
  const value = parseJson(data)
  return readCommonDelta(value) ?? readEvent(value)
}

test.for([
  hello,
  hello.replace('}}', '}        }'),
  hello.replaceAll(/[:,]/g, '$& '),
  delta({ type: 'text_delta', text: '\n"\\\u0001\ud800' }),
  delta({ type: 'text_delta', text: '' }),
  start({ type: 'text', text: '' }),
  '{"type": "ping"}',
  '{"type":"message_stop"      }',
])('%s is read without parsing, as parsing reads it', (data) => {
  expect(scanEvent(data)).toBeDefined()
  expect(scanEvent(data)).toEqual(read(data))
})

test.for([
  delta({ type: 'text_delta', text: 'x' }, { error: { type: 'api_error' } }),
  delta({ type: 'text_delta', text: 'x', more: 1 }),
  delta({ type: 'text_delta', text: 'x'.repeat(3000) }),
  delta({ type: 'signature_delta', signature: 'x' }),
  hello.replace('Hello', '\\x'),
  hello.replace('Hello', 'a\tb'),
  hello.replace(':0', ':01'),
  hello.replace(':0', ':1e400'),
  hello.slice(0, -1),
  start({ type: 'text', text: 'x' }),
  start({ type: 'tool_use', id: 'a', name: 'f', input: {} }),
  '{"type":"message_stop","usage":{}}',
  '{"type":"error"}',
])('%s has to be parsed', (data) => {
  expect(scanEvent(data)).toBeUndefined()
})

const text = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\u00e4"', '"\\"', '"\\/"', '"a"b"', '"\\x"', '"\\ud800"', '5', 'null'),
)
const event = fc
  .tuple(
    fc.constantFrom(
      'content_block_delta',
      'content_block_start',
      'content_block_stop',
      'message_stop',
      'ping',
    ),
    fc.constantFrom(',"index":0', ', "index": 17', ',"index":01', ',"index":1e3', ',"index":null', ''),
    fc.constantFrom(',"delta":', ',"content_block":', ',"error":', ''),
    fc.constantFrom(
      '{"type":"text_delta","text":',
      '{"type":"text","text":',
      '{"text":',
      '{"a":1,"text":',
      '',
    ),
    text,
    fc.constantFrom('}}', '} }', '}   }', ' } }', '}}}', '}', ',"type":"text"}}'),
  )
  .map(([type, index, key, inner, text, ends]) =>
    inner === '' || key === ''
      ? `{"type":"${type}"${index}}`
      : `{"type":"${type}"${index}${key}${inner}${text}${ends}`,
  )

test('what is scanned is what would be parsed', () => {
  let scanned = 0
  fc.assert(
    fc.property(event, (data) => {
      const found = scanEvent(data)
      if (found === undefined) return
      scanned += 1
      expect(found).toEqual(read(data))
    }),
    { numRuns: 5000 },
  )
  expect(scanned).toBeGreaterThan(100)
})
