import { createSseDecoder, type SseMessage } from '@gateway/sse'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEvent } from './read-event.ts'

const line = fc.oneof(
  fc.constantFrom('data: {"a":1}', 'data: [DONE]', 'event: error', 'data:x', 'data: ', 'data'),
  fc.constantFrom('event: ', 'event:x', 'event', 'event:  x', ' data: x', 'data:  x'),
  fc.constantFrom(': ping', 'id: 7', 'retry: 5'),
  fc.string({ unit: 'grapheme' }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, '')}`),
  fc.string({ unit: 'binary' }).map((text) => `event: ${text.replaceAll(/[\r\n]/g, '')}`),
  fc.constantFrom('data: \uFEFFx', '\uFEFFdata: x', 'data: a\0b', 'data: a\x01b', 'event: \x01'),
)
const end = fc.constantFrom('\n', '\r\n', '\r')
const ended = fc.tuple(line, fc.oneof({ arbitrary: fc.constant('\n'), weight: 4 }, end))
const lines = fc.oneof(
  fc.array(ended, { maxLength: 3 }),
  fc.tuple(fc.constantFrom(['event: a', '\n']), ended),
)

test('a whole event is read as the decoder of event streams reads it', () => {
  fc.assert(
    fc.property(lines, end, fc.boolean(), (lines, blank, isBroken) => {
      const text = lines.flat().join('')
      // Behind a CR an LF would be the same line end.
      const written = new TextEncoder().encode(text + (text.endsWith('\r') ? '\r' : blank))
      // No UTF-8.
      const bytes = isBroken ? written.map((byte) => (byte === 1 ? 0xff : byte)) : written
      const expected: SseMessage[] = []
      const decoder = createSseDecoder({ onMessage: (message) => expected.push(message) })
      // Within a stream, so that a byte order mark is text.
      decoder.push(new TextEncoder().encode(':\n\n'))
      decoder.push(bytes)
      const read = readEvent(bytes)
      expect(read === undefined ? [] : [{ event: read.event, data: read.data }]).toEqual(
        expected.map(({ event, data }) => ({ event, data })),
      )
    }),
    { numRuns: 2000 },
  )
})
