import { createSseDecoder, type SseMessage } from '@gateway/sse'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventAround, eventFrom, type PlacedEvent, readEvent } from './read-event.ts'
import { lastEventEnd, nextEventEnd } from './whole-events.ts'

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

/** A whole event. */
const event = fc.tuple(lines, end).map(([lines, blank]) => {
  const text = lines.flat().join('')
  // Behind a CR an LF would be the same line end.
  return text + (text.endsWith('\r') ? '\r' : blank)
})

test('a whole event is read as the decoder of event streams reads it', () => {
  fc.assert(
    fc.property(event, fc.boolean(), (text, isBroken) => {
      const written = new TextEncoder().encode(text)
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

test('an event is found where it stands, whatever its lines end with', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 4 }), fc.nat(), (events, place) => {
      const bytes = new TextEncoder().encode(events.join(''))
      let at = place % bytes.length
      while (bytes[at] === 10 || bytes[at] === 13) at -= 1
      fc.pre(at >= 0)
      // Ids are nobody's business here: the reader of all streams keeps the latest.
      const seen = ({ start, end, message }: PlacedEvent) => [start, end, message?.event, message?.data]
      const placed = (start: number, end: number) =>
        seen({ start, end, message: readEvent(bytes.subarray(start, end)) })
      const start = lastEventEnd(bytes, at)
      expect(seen(eventAround(bytes, at))).toEqual(placed(start, nextEventEnd(bytes, at)))
      expect(seen(eventFrom(bytes, start))).toEqual(placed(start, nextEventEnd(bytes, start)))
    }),
    { numRuns: 3000 },
  )
})

test('an event that begins where it is looked for is that one, whatever the one before ended with', () => {
  for (const blank of ['\n\n', '\r\n\r\n', '\r\r', '\r\n\r', '\n\r']) {
    const first = new TextEncoder().encode(`data: a${blank}`)
    const both = new TextEncoder().encode(`data: a${blank}data: b${blank}`)
    const { start, end, message } = eventAround(both, first.length)
    expect([start, end, message?.data]).toEqual([first.length, both.length, 'b'])
  }
})
