import { Buffer } from 'node:buffer'
import { afterEach, expect, test } from 'vitest'
import type { Exchange } from '../v1/exchange.ts'
import { answersOf, dial, post, settle, startFront, until } from './test-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

const start = async (serve: (exchange: Exchange) => unknown) => {
  const front = await startFront(serve)
  open.push(front.close)
  return front
}

const stream = { 'content-type': 'text/event-stream' }
const json = { 'content-type': 'application/json' }

/** What a client reads of an answer, and of the one behind it unless the connection ends first. */
const answerTo = async (serve: (exchange: Exchange) => unknown) => {
  let count = 0
  const { port, seen } = await start((exchange) => {
    count += 1
    return count === 1 ? serve(exchange) : exchange.send(200, { connection: 'close' }, 'next')
  })
  const { socket, text, ended } = await dial(port)
  socket.write(post('one') + post('two'))
  await ended()
  await until(() => seen.done === seen.taken)
  return text()
}

/** The first of two answers, behind which the connection went on. */
const wholeAnswer = async (serve: (exchange: Exchange) => unknown) => {
  const [answer, next, ...more] = answersOf(await answerTo(serve))
  expect(next?.body).toBe('next')
  expect(more).toEqual([])
  return answer
}

const toBytes = (text: string) => new TextEncoder().encode(text)

test('the head of an answer says what it is, of what length, and how long its connection stays', async () => {
  const answer = await wholeAnswer(({ send }) => send(429, { ...json, 'x-a': 'a', 'x-b': '\tb \xe9' }, '{}'))
  expect(answer?.head.replace(/date: [^\r]+GMT/, 'date: now')).toBe(
    [
      'HTTP/1.1 429 Too Many Requests',
      'content-type: application/json',
      'x-a: a',
      'x-b: \tb \xe9',
      'content-length: 2',
      'date: now',
      'connection: keep-alive',
      'keep-alive: timeout=60',
    ].join('\r\n'),
  )
})

test('the date of an answer is that of its second, or its own', async () => {
  const before = Math.floor(Date.now() / 1000) * 1000
  const dated = await wholeAnswer(({ send }) => send(200, {}, ''))
  const at = Date.parse(/\r\ndate: ([^\r]+)/.exec(dated?.head ?? '')?.[1] ?? '')
  expect(at).toBeGreaterThanOrEqual(before)
  expect(at).toBeLessThanOrEqual(Date.now())
  const own = await wholeAnswer(({ send }) => send(200, { date: 'Thu, 01 Jan 2026 00:00:00 GMT' }, ''))
  expect(own?.head.match(/date: /g)).toHaveLength(1)
})

test.each<[string, string, (exchange: Exchange) => unknown]>([
  ['a text', 'content-length: 6', ({ send }) => send(200, json, 'a✓\n\n')],
  ['an empty text', 'content-length: 0', ({ send }) => send(200, json, '')],
  [
    'a text that says its length itself',
    'content-length: 6',
    ({ send }) => send(200, { 'content-length': '6' }, 'a✓\n\n'),
  ],
  [
    'one piece',
    'content-length: 6',
    ({ head, data, end }) => {
      head(200, json)
      data(toBytes('a✓\n\n'))
      end()
    },
  ],
  [
    'one piece of text',
    'content-length: 6',
    ({ head, data, end }) => {
      head(200, json)
      data('a✓\n\n')
      data('')
      end()
    },
  ],
  [
    'no piece',
    'content-length: 0',
    ({ head, data, end }) => {
      head(200, json)
      data('')
      end()
    },
  ],
  [
    'two pieces',
    'transfer-encoding: chunked',
    async ({ head, data, end }) => {
      head(200, json)
      data(toBytes('a'))
      await settle(1)
      data('✓\n\n')
      end()
    },
  ],
  [
    'pieces of an announced length',
    'content-length: 6',
    async ({ head, data, end }) => {
      head(200, { ...json, 'content-length': '6' })
      data('a')
      await settle(1)
      data(toBytes('✓\n'))
      data('\n')
      end()
    },
  ],
  [
    'a stream of one event',
    'transfer-encoding: chunked',
    ({ head, data, end }) => {
      head(200, stream)
      data('a✓\n\n')
      end()
    },
  ],
  [
    'a stream without any',
    'transfer-encoding: chunked',
    ({ head, end }) => {
      head(200, stream)
      end()
    },
  ],
  ['no content', 'date', ({ send }) => send(204, {}, '')],
  [
    'nothing new',
    'date',
    ({ head, data, end }) => {
      head(304, { etag: '"a"' })
      data('not to be sent')
      end()
    },
  ],
])('an answer of %s has "%s" in its head', async (name, framing, serve) => {
  const answer = await wholeAnswer(serve)
  expect(answer?.head).toContain(`\r\n${framing}`)
  expect(answer?.head.match(/content-length|transfer-encoding/g)?.length ?? 0).toBe(
    framing === 'date' ? 0 : 1,
  )
  const isEmpty = /empty|no |without|nothing/.test(name)
  expect(Buffer.from(answer?.body ?? '', 'latin1').toString()).toBe(isEmpty ? '' : 'a✓\n\n')
})

test('pieces are as they were given, whatever becomes of lent bytes, and however long they are', async () => {
  const texts = ['data: a\n', '✓', 'x'.repeat(300_000), '', 'é'.repeat(200_000), '\ud83d', '\n\n']
  for (const headers of [stream, json]) {
    for (const isText of [true, false]) {
      const answer = await wholeAnswer(({ head, data, end }) => {
        head(200, headers)
        for (const text of texts) {
          const lent = toBytes(text)
          data(isText ? text : lent)
          lent.fill(35)
        }
        end()
      })
      const read = Buffer.from(answer?.body ?? '', 'latin1')
      expect(read.equals(toBytes(texts.map((text) => text.toWellFormed()).join('')))).toBe(true)
    }
  }
})

test('an answer that is longer than everything that is gathered comes whole', async () => {
  const text = 'aé✓'.repeat(400_000)
  const answer = await wholeAnswer(({ send }) => send(200, json, text))
  expect(Buffer.from(answer?.body ?? '', 'latin1').toString()).toBe(text)
})

test.each([
  ['shorter', ['abc'], 'abc'],
  ['shorter by all of it', [], ''],
  ['longer', ['abcde', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'], 'abcde'],
  ['longer in one piece', ['abcdefHTTP/1.1 200 OK\r\n\r\n'], ''],
])('an answer that is %s than it was said to be ends its connection', async (_name, pieces, body) => {
  const text = await answerTo(({ head, data, end }) => {
    head(200, { ...json, 'content-length': '6' })
    for (const piece of pieces) data(piece)
    end()
  })
  expect(text.split('\r\n\r\n').slice(1)).toEqual([body])
})

test('an answer that says so is the last one of its connection', async () => {
  for (const serve of [
    ({ send }: Exchange) => send(503, { connection: 'close' }, 'bye'),
    ({ head, data, end }: Exchange) => {
      head(503, { connection: 'close', ...stream })
      data('bye')
      end()
    },
  ]) {
    const [answer, ...more] = answersOf(await answerTo(serve))
    expect(answer).toMatchObject({ status: 503, body: 'bye' })
    expect(answer?.head.match(/connection: .*/g)).toEqual(['connection: close'])
    expect(answer?.head).not.toContain('keep-alive')
    expect(more).toEqual([])
  }
})

test('events are written while more are to come', async () => {
  const { port, seen } = await start(async ({ head, data, end, readBody }: Exchange) => {
    head(200, stream)
    data('data: 1\n\n')
    await settle()
    data('data: 2\n\n')
    await readBody(10)
    end()
  })
  const { socket, read, text } = await dial(port)
  socket.write(post('12').slice(0, -1))
  await read('data: 2')
  expect(text()).not.toContain('\r\n0\r\n')
  expect(seen.done).toBe(0)
  socket.write('2')
  await read('\r\n0\r\n\r\n')
  expect(answersOf(text())).toMatchObject([{ body: 'data: 1\n\ndata: 2\n\n' }])
})
