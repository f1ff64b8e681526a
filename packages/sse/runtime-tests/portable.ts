/** The public face of `@gateway/sse` as it is built, on every runtime: see `pnpm run check:runtimes`. */
import {
  createSseDecoder,
  createSseStream,
  decodeSse,
  encodeSse,
  isSseError,
  parseLastEventId,
  SseError,
  sseHeaders,
  sseResponse,
} from '@gateway/sse'
import { assertEqual, type PortableTests, thrownBy } from 'gateway-tooling/portable'
import { decodeVectors, message } from './decode-vectors.ts'
import { encodeVectors } from './encode-vectors.ts'
import { createEndless, createSilentStream, decodeAll, everyCut, toBytes, toStream } from './support.ts'

const codeOf = async (task: () => unknown): Promise<unknown> => {
  const error = await thrownBy(task)
  return isSseError(error) ? error.code : error
}

const decoding: [string, () => void][] = decodeVectors.map(([name, stream, expected]) => [
  `decode: ${name}, cut anywhere`,
  () => {
    for (const pieces of everyCut(toBytes(stream))) assertEqual(decodeAll(pieces), expected)
  },
])

const encoding: [string, () => void][] = encodeVectors.map(([name, frame, expected]) => [
  `encode: frames ${name}`,
  () => assertEqual(encodeSse(frame), expected),
])

const codec: PortableTests = {
  'decode: turns malformed UTF-8 into U+FFFD, cut anywhere': () => {
    const malformed = Uint8Array.of(0xff, 0x61, 0xe2, 0x82, 0x62, 0xf0, 0x9f, 0x98, 0xc0, 0x80, 0xed, 0xa0)
    const bytes = Uint8Array.from([...toBytes('data: '), ...malformed, ...toBytes('\n\n')])
    const expected = [message(`\uFFFDa\uFFFDb${'\uFFFD'.repeat(5)}`)]
    for (const pieces of everyCut(bytes)) assertEqual(decodeAll(pieces), expected)
  },
  'decode: delivers an incomplete event when asked to': () => {
    const expected = [message('a\uFFFD')]
    const pieces = [toBytes('data: a'), Uint8Array.of(0xe2), Uint8Array.of(0x82)]
    assertEqual(decodeAll(pieces, { incomplete: 'deliver' }), expected)
  },
  'decode: ends at a line and an event that are too long, cut anywhere': async () => {
    for (const [stream, code] of [
      [`${'x'.repeat(21)}`, 'line-too-long'],
      ['data: abcdefghijkl\n'.repeat(3), 'event-too-large'],
    ] as const) {
      for (const pieces of everyCut(toBytes(stream))) {
        assertEqual(await codeOf(() => decodeAll(pieces, { maxLineLength: 20, maxEventLength: 40 })), code)
      }
    }
  },
  'decode: puts a line of a mebibyte together from pieces of every size': () => {
    const bytes = toBytes(`data: ${'é'.repeat(500_000)}\n\n`)
    for (const size of [7, 1021, 65_537, bytes.length]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, n * size + size),
      )
      assertEqual(decodeAll(pieces), [message('é'.repeat(500_000))])
    }
  },
  'decode: refuses bytes after the end': async () => {
    const decoder = createSseDecoder({ onMessage: () => {} })
    decoder.end()
    assertEqual(await codeOf(() => decoder.push(toBytes('x'))), 'closed')
  },
  'encode: refuses what would break out of its field': async () => {
    for (const bad of ['a\nb', 'a\rb', 'a\0b']) {
      assertEqual(await codeOf(() => encodeSse({ event: bad })), 'invalid-field')
      assertEqual(await codeOf(() => encodeSse({ id: bad })), 'invalid-field')
    }
    assertEqual(await codeOf(() => encodeSse({ retry: 0.5 })), 'invalid-field')
  },
  'encode: writes text of every kind so that it comes back': () => {
    for (const data of ['', 'a\nb', '\n', 'é€😀', 'data: x', ': c', '\u2028', '\uFEFFx', ' two ', '\0']) {
      const frame = { data, event: 'e', id: '7', comment: data }
      const heard = decodeAll([toBytes(encodeSse(frame))]).filter(({ kind }) => kind === 'message')
      assertEqual(heard, [message(data, { event: 'e', id: '7', lastEventId: '7' })])
    }
  },
  'errors, headers and ids are what they should be': async () => {
    assertEqual([isSseError(new SseError('closed', 'x')), isSseError(new Error('x'))], [true, false])
    assertEqual(sseHeaders({ 'x-a': '1' }).get('content-type'), 'text/event-stream; charset=utf-8')
    assertEqual(await codeOf(() => sseHeaders({ 'content-length': '1' })), 'invalid-option')
    assertEqual(
      [parseLastEventId('42'), parseLastEventId(null), parseLastEventId('')],
      [42, undefined, undefined],
    )
    assertEqual(await codeOf(() => parseLastEventId('042')), 'invalid-field')
  },
}

const streams: PortableTests = {
  'decodeSse: reads streams, async iterables and iterables': async () => {
    const pieces = everyCut(toBytes('id: 1\ndata: é\n\ndata: b\r\n\r\n'))[1] ?? []
    const expected = [
      { data: 'é', id: '1', lastEventId: '1' },
      { data: 'b', lastEventId: '1' },
    ]
    const generate = async function* () {
      yield* pieces
    }
    assertEqual(await Array.fromAsync(decodeSse(toStream(pieces))), expected)
    assertEqual(await Array.fromAsync(decodeSse(generate())), expected)
    assertEqual(await Array.fromAsync(decodeSse(pieces)), expected)
  },
  'decodeSse: an abort while the source is silent frees it and throws the reason': async () => {
    const { stream, seen } = createSilentStream('data: a\n\n')
    const controller = new AbortController()
    const iterator = decodeSse(stream, { signal: controller.signal })[Symbol.asyncIterator]()
    assertEqual((await iterator.next()).value?.data, 'a')
    const pending = thrownBy(() => iterator.next())
    const reason = new Error('enough')
    controller.abort(reason)
    assertEqual([(await pending) === reason, seen.cancelled === reason], [true, true])
  },
  'decodeSse: leaving the loop cancels the source': async () => {
    const { stream, seen } = createSilentStream('data: a\n\n')
    for await (const _ of decodeSse(stream)) break
    assertEqual('cancelled' in seen, true)
  },
  'sseResponse: sends the frames of a source, and decodeSse reads them': async () => {
    const response = sseResponse(
      async function* () {
        yield { id: '1', data: 'a\nb' }
        yield { event: 'end', data: '' }
      },
      { retry: 5 },
    )
    assertEqual(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
    assertEqual(await Array.fromAsync(decodeSse(response.body ?? [])), [
      { data: 'a\nb', id: '1', lastEventId: '1' },
      { event: 'end', data: '', lastEventId: '1' },
    ])
  },
  'sseResponse: heartbeats by the timer of the platform while the source is silent': async () => {
    const silent = sseResponse(
      async function* (signal) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        yield { data: 'never' }
      },
      { keepAliveMs: 5 },
    )
    const reader = silent.body?.getReader()
    for (let n = 0; n < 3; n += 1) {
      const step = await reader?.read()
      assertEqual(new TextDecoder().decode(step?.value), ': ping\n')
    }
    await reader?.cancel()
  },
  'sseResponse: a client that leaves frees the source': async () => {
    const { source, freed } = createEndless()
    const reader = sseResponse(source).body?.getReader()
    await reader?.read()
    await reader?.read()
    await reader?.cancel()
    await freed
  },
  'sseResponse: ends a client that stops reading, by the timer of the platform': async () => {
    const { source, freed } = createEndless()
    const reader = sseResponse(source, { stallMs: 5 }).body?.getReader()
    await reader?.read()
    await reader?.read()
    await freed
    assertEqual(await codeOf(() => reader?.read()), 'stalled')
  },
  'sseResponse: sends what onError makes of a failure, or breaks': async () => {
    const failing = async function* () {
      yield { data: 'a' }
      throw new Error('boom')
    }
    const kind = sseResponse(failing(), { onError: () => ({ event: 'error', data: 'b' }), keepAliveMs: 0 })
    assertEqual(await kind.text(), 'data: a\n\nevent: error\ndata: b\n\n')
    const error = await thrownBy(() => sseResponse(failing()).text())
    assertEqual(error instanceof Error, true)
  },
  'createSseStream: sends in order, slows its sender, and closes': async () => {
    const stream = createSseStream({ keepAliveMs: 0 })
    const sending = (async () => {
      for (let n = 0; n < 50; n += 1) await stream.sendJson('n', { n, pad: 'x'.repeat(2000) }, { id: `${n}` })
      stream.close()
    })()
    const ids: (string | undefined)[] = []
    for await (const { id } of decodeSse(stream.readable)) ids.push(id)
    await sending
    assertEqual(
      ids,
      Array.from({ length: 50 }, (_, n) => `${n}`),
    )
    assertEqual(await codeOf(() => stream.send({ data: 'x' })), 'closed')
  },
  'createSseStream: ends when more waits than the cap, and when the client leaves': async () => {
    const full = createSseStream({ keepAliveMs: 0, maxQueuedBytes: 1000 })
    const sends = Array.from({ length: 20 }, () => full.send({ data: 'x'.repeat(92) }))
    const last = (await Promise.allSettled(sends)).at(-1)
    assertEqual(last?.status === 'rejected' && isSseError(last.reason) && last.reason.code, 'overflow')
    const left = createSseStream()
    await left.readable.cancel()
    await left.closed
    assertEqual(left.signal.aborted, true)
  },
}

export const tests: PortableTests = {
  ...Object.fromEntries([...decoding, ...encoding]),
  ...codec,
  ...streams,
}
