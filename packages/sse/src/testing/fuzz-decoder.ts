import { createBatchedDecoder, type SseDecoder, type SseDecoderOptions } from '../decoder.ts'
import type { Batching } from '../reader.ts'
import { createRandom, pick, type Random } from './random.ts'
import { type LogEntry, referenceDecode } from './reference-decoder.ts'
import { toBytes } from './support.ts'

const fields = [
  ...[
    'data',
    'data:',
    'data: a',
    'data:b',
    'event: e',
    'event:',
    'id: 1',
    'id:',
    'id: 2\0',
    'retry: 5',
    'retry',
  ],
  // Longer than what is searched byte by byte.
  `data: ${'x'.repeat(70)}`,
  ...['da', ': c', ':', ' data: x', 'dataid', 'data: é€😀', '\uFEFF', 'ï»¿'],
].map(toBytes)
const ends = ['\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', '\n\r'].map(toBytes)
const others = ['a', 'data', 'id', ':', ' ', '\0', '7', 'é', '€', '😀'].map(toBytes)
const broken = [[0xff], [0xe2], [0x82], [0xf0, 0x9f], [0xed, 0xa0], [0xef, 0xbb], [0xbf], [0xc0]].map(
  (bytes) => Uint8Array.from(bytes),
)
const singles = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte))
const MOST_PARTS = 6
const buffer = new Uint8Array(MOST_PARTS * 80)

/** What streams are made of: fields and line ends in turns, or anything anywhere. */
export type StreamKind = 'fields' | 'anything'

const pickPart = (random: Random, kind: StreamKind, index: number): Uint8Array => {
  const chance = random(16)
  if (chance === 0) return pick(random, broken)
  if (chance < 3) return pick(random, others)
  if (kind === 'fields') return pick(random, index % 2 === 0 ? fields : ends)
  if (chance < 9) return pick(random, singles)
  return pick(random, chance % 2 === 0 ? fields : ends)
}

/** A random stream, in a buffer that the next one uses again. */
const makeStream = (random: Random, kind: StreamKind): Uint8Array => {
  let length = 0
  for (let index = random(MOST_PARTS); index < MOST_PARTS; index += 1) {
    const part = pickPart(random, kind, index)
    buffer.set(part, length)
    length += part.length
  }
  return buffer.subarray(0, length)
}

/** As it is by default for half of the streams, and for the others so small that they come in batches and slices too. */
const pickBatching = (random: Random): Batching | undefined =>
  random(2) === 0 ? undefined : { batchBytes: 1 + random(16), sliceBytes: 1 + random(16) }

/** Pushes a stream in random pieces, some of them empty. */
const pushCut = (random: Random, bytes: Uint8Array, decoder: SseDecoder): void => {
  const longest = random(16) === 0 ? 2 : bytes.length
  for (let at = random(16) === 0 ? -1 : 0; at < bytes.length; ) {
    const end = at + 1 + random(longest)
    decoder.push(bytes.subarray(Math.max(at, 0), end))
    at = end
  }
  decoder.end()
}

/**
 * Compares what is heard as it comes with what was expected. One serves all streams: a log of each, compared as deeply
 * as tests do, would cost more than the decoding.
 */
const createListener = () => {
  let expected: readonly LogEntry[] = []
  let heard = 0
  /** The first of what is heard that is not as expected. */
  let wrong: unknown

  const hear = (isExpected: boolean, what: unknown): void => {
    heard += 1
    if (!isExpected) wrong ??= what
  }
  const options: SseDecoderOptions = {
    onMessage: (message) => {
      const entry = expected[heard]
      hear(
        entry?.kind === 'message' &&
          entry.data === message.data &&
          entry.event === message.event &&
          entry.id === message.id &&
          entry.lastEventId === message.lastEventId,
        message,
      )
    },
    onComment: (text) => {
      const entry = expected[heard]
      hear(entry?.kind === 'comment' && entry.text === text, { text })
    },
    onRetry: (milliseconds) => {
      const entry = expected[heard]
      hear(entry?.kind === 'retry' && entry.milliseconds === milliseconds, { milliseconds })
    },
  }
  const expect = (entries: readonly LogEntry[]): void => {
    expected = entries
    heard = 0
    wrong = undefined
  }
  return { options, expect, heard: () => heard, wrong: () => wrong }
}

/**
 * Holds the decoder against the reference on random streams in random pieces.
 *
 * @returns how many entries came out, so that a caller can see that something did.
 * @throws Error that shows the first stream whose meaning differs.
 */
export const fuzzDecoder = (kind: StreamKind, count: number, seed: number): number => {
  const random = createRandom(seed)
  const listener = createListener()
  let entries = 0
  for (let run = 0; run < count; run += 1) {
    const bytes = makeStream(random, kind)
    const expected = referenceDecode(bytes)
    listener.expect(expected)
    pushCut(random, bytes, createBatchedDecoder(listener.options, pickBatching(random)))
    const wrong = listener.wrong()
    if (wrong !== undefined || listener.heard() !== expected.length) {
      const shown = JSON.stringify({ bytes: [...bytes], expected, heard: listener.heard(), wrong })
      throw new Error(`Stream ${run} of seed ${seed} differs from the reference: ${shown}`)
    }
    entries += expected.length
  }
  return entries
}
