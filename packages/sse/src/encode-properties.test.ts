import { isDeepStrictEqual } from 'node:util'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSseDecoder } from './decoder.ts'
import { encodeSseBytes } from './encode.ts'
import { toExpected } from './testing/fuzz-encoder.ts'
import { cutAt, toText } from './testing/support.ts'
import type { SseMessage } from './types.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('\r', '\n', '\r\n', ' ', ':', 'data', 'data: ', 'id: 1', '\0', 'é', '\uFEFF'))
    .map((units) => units.join('')),
)
const word = text.map((characters) => characters.replace(/[\r\n\0]/g, ''))
const frame = fc.record(
  { data: text, event: word, id: word, retry: fc.nat(), comment: text },
  { requiredKeys: ['data'] },
)

// What a million frames of a seed show elsewhere, with a search for the smallest frame that shows it.
test('a frame arrives as exactly the one event that it was, by two decoders, however it is cut', () => {
  fc.assert(
    fc.property(frame, fc.array(fc.nat({ max: 400 }), { maxLength: 4 }), (sent, cuts) => {
      const bytes = encodeSseBytes(sent)
      const heard: SseMessage[] = []
      const heardByParser: EventSourceMessage[] = []
      const decoder = createSseDecoder({ onMessage: (message) => heard.push(message) })
      for (const piece of cutAt(bytes, cuts)) decoder.push(piece)
      createParser({ onEvent: (message) => heardByParser.push(message) }).feed(toText(bytes))
      const expected = toExpected(sent)
      expect(heard).toEqual([{ ...expected, lastEventId: expected.id ?? '' }])
      return isDeepStrictEqual(
        heardByParser.map(({ event, data, id }) => ({ event, data, id })),
        [expected],
      )
    }),
    { numRuns: 2_000 },
  )
})
