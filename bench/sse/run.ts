/**
 * Decoding and encoding of event streams beside what others do: `node --conditions=@gateway/source bench/sse/run.ts`.
 * All contenders of a group take turns within one run, so that a noisy machine is noisy for each of them.
 */
import { createSseDecoder, decodeSse, encodeSse } from '@gateway/sse'
import { createParser } from 'eventsource-parser'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { quantile, report } from '../measure.ts'

const rounds = 41
const events = 5_000

const chunk = {
  id: 'chatcmpl-9f1c2b7a',
  object: 'chat.completion.chunk',
  created: 1_763_800_000,
  model: 'gpt-5-mini',
  choices: [{ index: 0, delta: { content: ' the next few words' }, finish_reason: null }],
  padding: 'x'.repeat(120),
}
const frame = { event: 'delta', data: JSON.stringify(chunk) }
const oneEvent = new TextEncoder().encode(encodeSse(frame))
const chunks = Array<Uint8Array>(events).fill(oneEvent)

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/**
 * Microseconds of CPU time of one operation for each contender, in turns: the lower quartile over all rounds, since
 * other processes and collections of others' garbage only ever add to it.
 */
const compare = async <Name extends string>(
  operations: number,
  contenders: Record<Name, () => number | Promise<number>>,
): Promise<Record<Name, number>> => {
  const names = Object.keys(contenders) as Name[]
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  let expected: number | undefined
  for (let round = -3; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const start = cpuMicros()
      const result = await contenders[name]()
      const micros = (cpuMicros() - start) / operations
      expected ??= result
      if (result !== expected) throw new Error(`${name} got ${result} where the others got ${expected}.`)
      if (round >= 0) times.get(name)?.push(micros)
    }
  }
  return Object.fromEntries(names.map((name) => [name, quantile(times.get(name) ?? [], 0.25)])) as Record<
    Name,
    number
  >
}

const rawParser = (pieces: Iterable<Uint8Array>): number => {
  let length = 0
  const decoder = new TextDecoder()
  const parser = createParser({
    onEvent: ({ data }) => {
      length += data.length
    },
  })
  for (const piece of pieces) parser.feed(decoder.decode(piece, { stream: true }))
  return length
}

const ourDecoder = (pieces: Iterable<Uint8Array>): number => {
  let length = 0
  const decoder = createSseDecoder({
    maxLineLength: Number.POSITIVE_INFINITY,
    maxEventLength: 8 * 1024 * 1024,
    onMessage: ({ data }) => {
      length += data.length
    },
  })
  for (const piece of pieces) decoder.push(piece)
  decoder.end()
  return length
}

const total = async (messages: AsyncIterable<{ data: string }>): Promise<number> => {
  let length = 0
  for await (const { data } of messages) length += data.length
  return length
}

const toStream = (): ReadableStream<Uint8Array<ArrayBuffer>> => {
  const bytes = Uint8Array.from(oneEvent)
  let sent = 0
  return new ReadableStream({
    pull: (controller) => {
      if (sent === events) controller.close()
      else controller.enqueue(bytes)
      sent += 1
    },
  })
}

/** What the stream itself costs, which no decoder can save. */
const readOnly = async (stream: ReadableStream<Uint8Array>): Promise<number> => {
  const reader = stream.getReader()
  let chunks = 0
  for (let step = await reader.read(); !step.done; step = await reader.read()) chunks += 1
  return chunks * frame.data.length
}

const decoding = await compare(events, {
  raw: () => rawParser(chunks),
  push: () => ourDecoder(chunks),
  iterable: () => total(decodeSse(chunks)),
  stream: () => total(decodeSse(toStream())),
  reading: () => readOnly(toStream()),
  pipeline: () =>
    total(toStream().pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())),
})

const mebi = 1024 * 1024
const inPieces = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, n * size + size))

/** An event of 4 MiB, whole and in pieces of 1 KiB, by our decoder and by the parser. */
const compareSizes = async (text: string) => {
  const whole = [new TextEncoder().encode(text)]
  const pieces = whole.flatMap((bytes) => inPieces(bytes, 1024))
  return compare(1, {
    whole: () => ourDecoder(whole),
    pieces: () => ourDecoder(pieces),
    rawWhole: () => rawParser(whole),
    rawPieces: () => rawParser(pieces),
  })
}
const oneLine = await compareSizes(`data: ${'x'.repeat(4 * mebi - 8)}\n\n`)
const fourLines = await compareSizes(`${`data: ${'x'.repeat(mebi - 7)}\n`.repeat(4)}\n`)
const manyLines = await compareSizes(`${`data: ${'x'.repeat(1000)}\n`.repeat(4096)}\n`)

const encoding = await compare(events, {
  json: () => {
    let length = 0
    for (let n = 0; n < events; n += 1) length += Math.sign(Buffer.from(JSON.stringify(frame)).length)
    return length
  },
  sse: () => {
    let length = 0
    for (let n = 0; n < events; n += 1) length += Math.sign(Buffer.from(encodeSse(frame)).length)
    return length
  },
})

const micros = (value: number): string => `${value.toFixed(2)} us`
const ratio = (what: string, base: number, ours: number, least: number) => ({
  what,
  limit: `>= ${least}x as fast`,
  measured: `${micros(ours)} against ${micros(base)} = ${(base / ours).toFixed(2)}x`,
  holds: base / ours >= least,
})
console.log(
  `one event of ${oneEvent.length} bytes in each chunk; lower quartiles of the CPU time in ${rounds} interleaved rounds`,
)
const pieces = (what: string, { whole, pieces, rawWhole, rawPieces }: typeof oneLine) => ({
  what: `an event of 4 MiB, ${what}, in pieces of 1 KiB beside one piece`,
  limit: '<= 2x the time',
  measured: `${(pieces / whole).toFixed(2)}x (${micros(pieces)}); eventsource-parser ${(rawPieces / rawWhole).toFixed(2)}x (${micros(rawPieces)})`,
  holds: pieces <= 2 * whole,
})
report([
  ratio('createSseDecoder beside TextDecoder + eventsource-parser', decoding.raw, decoding.push, 0.9),
  ratio(
    'createSseDecoder beside TextDecoderStream, EventSourceParserStream',
    decoding.pipeline,
    decoding.push,
    8,
  ),
  ratio(
    'decodeSse of an array beside TextDecoder + eventsource-parser',
    decoding.raw,
    decoding.iterable,
    0.5,
  ),
  ratio('decodeSse of a ReadableStream beside the streams', decoding.pipeline, decoding.stream, 2.5),
  { what: 'only reading that ReadableStream', measured: micros(decoding.reading) },
  pieces('one line', oneLine),
  pieces('4 lines', fourLines),
  pieces('4096 lines', manyLines),
  ratio(
    'Buffer.from(encodeSse(frame)) beside Buffer.from(JSON.stringify(frame))',
    encoding.json,
    encoding.sse,
    1.5,
  ),
])
