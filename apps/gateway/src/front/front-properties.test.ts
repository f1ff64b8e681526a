import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import type { Exchange } from '../v1/exchange.ts'
import { answersOf, dial, post, settle, startFront, until } from './test-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

const bodies = fc.string({
  unit: fc.constantFrom('a', '\r', '\n', 'POST /v1/x HTTP/1.1\r\n'),
  maxLength: 6,
})
const kinds = {
  plain: (body: string) => post(body),
  chunked: (body: string) => {
    const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`
    return `POST /v1/x HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`
  },
  get: () => 'GET /v1/x HTTP/1.1\r\nhost: a\r\n\r\n',
}
const requests = fc.record({
  kind: fc.constantFrom(
    'plain' as const,
    'plain' as const,
    'plain' as const,
    'chunked' as const,
    'get' as const,
  ),
  body: bodies,
  answer: fc.constantFrom('whole', 'pieces', 'stream', 'late', 'large'),
  isBodyRead: fc.boolean(),
})
const large = 'y'.repeat(300_000)

/** Answers in the way that is next, with what it read. */
const answerAs = async (
  { answer, isBodyRead }: { answer: string; isBodyRead: boolean },
  exchange: Exchange,
) => {
  const { send, head, data, end, readBody, dropBody, ready } = exchange
  if (answer === 'late') await settle(1)
  const body = isBodyRead ? Buffer.from(await readBody(1000)).toString() : ''
  if (!isBodyRead) await dropBody()
  const told = JSON.stringify(body)
  if (answer === 'whole' || answer === 'late') return send(200, {}, told)
  head(200, { 'content-type': answer === 'pieces' ? 'text/plain' : 'text/event-stream' })
  for (const piece of answer === 'large' ? [large, large] : [...told].slice(0, -1)) {
    if (!data(piece)) await ready()
    if (answer === 'stream') await new Promise(setImmediate)
  }
  data(answer === 'large' ? told : told.slice(-1))
  end()
}

test('whatever is asked on a connection, in whatever pieces, is answered in order and counted', async () => {
  let turns: { answer: string; isBodyRead: boolean }[] = []
  const { port, seen, close } = await startFront((exchange) => {
    const turn = turns.shift()
    if (turn === undefined) throw new Error('This was not asked.')
    return answerAs(turn, exchange)
  })
  open.push(close)
  await fc.assert(
    fc.asyncProperty(
      fc.array(requests, { minLength: 1, maxLength: 8 }),
      fc.array(fc.record({ length: fc.integer({ min: 1, max: 150 }), wait: fc.nat(2) }), { maxLength: 8 }),
      async (asked, cuts) => {
        turns = [...asked]
        const text = asked.map(({ kind, body }) => kinds[kind](body)).join('')
        const client = await dial(port)
        let at = 0
        for (const { length, wait } of cuts) {
          client.socket.write(text.slice(at, at + length))
          at += length
          await settle(wait)
        }
        client.socket.write(text.slice(at))
        const expected = asked.map(({ kind, body, answer, isBodyRead }) => {
          const told = JSON.stringify(isBodyRead && kind !== 'get' ? body : '')
          return answer === 'large' ? large + large + told : told
        })
        const length = expected.join('').length
        await until(() => client.text().length > length && isWhole(client.text(), asked.length), client.text)
        expect(answersOf(client.text()).map(({ body }) => body)).toEqual(expected)
        client.socket.destroy()
        await until(() => seen.done === seen.taken)
      },
    ),
    { numRuns: 80 },
  )
})

const isWhole = (text: string, count: number): boolean => {
  try {
    return answersOf(text).length === count
  } catch {
    return false
  }
}
