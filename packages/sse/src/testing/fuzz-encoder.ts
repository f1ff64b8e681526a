import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { createSseDecoder } from '../decoder.ts'
import { encodeSse } from '../encode.ts'
import type { SseFrame, SseMessage } from '../types.ts'
import { createRandom, pick, type Random } from './random.ts'

const units = [
  ...['\r', '\n', '\r\n', '\n\n', ' ', ':', 'data', 'data: ', 'id: 1', 'event:', 'retry: 1', '\0', '\t'],
  ...['a', 'é', '€', '😀', '\uFEFF', '\u2028', '\u0085', '\uD83D', '\uDE00', '{"n":1}'],
]

const makeText = (random: Random): string => {
  let text = ''
  for (let left = random(7); left > 0; left -= 1) {
    text += random(8) === 0 ? String.fromCharCode(random(0x10000)) : pick(random, units)
  }
  return text
}

const makeWord = (random: Random): string => makeText(random).replace(/[\r\n\0]/g, '')

/** A random frame that makes an event. */
export const makeFrame = (random: Random): SseFrame & { data: string } => ({
  data: makeText(random),
  event: random(2) === 0 ? makeWord(random) : undefined,
  id: random(2) === 0 ? makeWord(random) : undefined,
  retry: random(8) === 0 ? random(100_000) : undefined,
  comment: random(4) === 0 ? makeText(random) : undefined,
})

/** What a client has to make of a frame: line ends are LF, and a lone surrogate has no UTF-8 form. */
export const toExpected = ({
  event,
  data,
  id,
}: SseFrame & { data: string }): Omit<SseMessage, 'lastEventId'> => ({
  event: event === undefined || event === '' ? undefined : event.toWellFormed(),
  data: data.toWellFormed().replace(/\r\n|\r/g, '\n'),
  id: id?.toWellFormed(),
})

const isSame = (
  heard: SseMessage | EventSourceMessage | undefined,
  expected: Omit<SseMessage, 'lastEventId'>,
): boolean => heard?.data === expected.data && heard.event === expected.event && heard.id === expected.id

/** How many frames go out before it is looked at what came in. */
const BURST = 16

/**
 * Encodes random frames, one after the other in one stream, and holds what our decoder and eventsource-parser hear of
 * them against what went in: exactly one event of each.
 *
 * @throws Error that shows the first frames for which it does not hold.
 */
export const fuzzEncoder = (count: number, seed: number): void => {
  const random = createRandom(seed)
  const encoder = new TextEncoder()
  const heard: SseMessage[] = []
  const heardByParser: EventSourceMessage[] = []
  const decoder = createSseDecoder({ onMessage: (message) => heard.push(message) })
  const parser = createParser({ onEvent: (message) => heardByParser.push(message) })
  let lastEventId = ''
  for (let run = 0; run < count; run += BURST) {
    const frames = Array.from({ length: Math.min(BURST, count - run) }, () => makeFrame(random))
    const text = frames.map(encodeSse).join('')
    decoder.push(encoder.encode(text))
    parser.feed(text.toWellFormed())
    let isRight = heard.length === frames.length && heardByParser.length === frames.length
    for (const [index, frame] of frames.entries()) {
      const expected = toExpected(frame)
      lastEventId = expected.id ?? lastEventId
      isRight &&= isSame(heard[index], expected) && isSame(heardByParser[index], expected)
      isRight &&= heard[index]?.lastEventId === lastEventId
    }
    if (!isRight) {
      const shown = JSON.stringify({ frames, heard, heardByParser })
      throw new Error(`Frames from ${run} on of seed ${seed} are not the events that they were: ${shown}`)
    }
    heard.length = 0
    heardByParser.length = 0
  }
}
