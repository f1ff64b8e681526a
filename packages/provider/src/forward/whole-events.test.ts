import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMessages } from '../dialects/test-support.ts'
import { createEventTail, endOfKept, nextEventEnd, takeRest, takeWholeEvents } from './whole-events.ts'

const toBytes = (text: string) => new TextEncoder().encode(text)
const toText = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** What comes out for chunks, and what is left. */
const feed = (chunks: Iterable<Uint8Array>) => {
  const tail = createEventTail()
  const out: string[] = []
  const take = (bytes: Uint8Array) => {
    const whole = takeWholeEvents(tail, bytes)
    if (whole !== undefined) out.push(Buffer.from(whole).toString('latin1'))
  }
  for (const chunk of chunks) {
    const kept = endOfKept(tail, chunk)
    if (kept > 0) take(chunk.subarray(0, kept))
    take(chunk.subarray(kept))
  }
  return { out, rest: Buffer.from(takeRest(tail)).toString('latin1') }
}

test.for([
  ['data: a\n\ndata: b\n\n', ['data: a\n\ndata: b\n\n'], ''],
  ['data: a\n\ndata: b\n', ['data: a\n\n'], 'data: b\n'],
  ['data: a\r\n\r\ndata: b', ['data: a\r\n\r\n'], 'data: b'],
  ['data: a\r\rdata: b\r', ['data: a\r\r'], 'data: b\r'],
  ['data: a\r\n\r', [], 'data: a\r\n\r'],
  ['data: a\n\r\n', ['data: a\n\r\n'], ''],
  ['data: a', [], 'data: a'],
  ['\n', ['\n'], ''],
] as const)('%j is cut behind its last blank line', ([text, out, rest]) => {
  expect(feed([toBytes(text)])).toEqual({ out, rest })
})

const streamText = fc
  .array(
    fc.constantFrom(
      'data: a',
      'data: é€',
      ': c',
      'event: x',
      'x',
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      '\r\n\r\n',
      '\r\r',
    ),
    {
      maxLength: 16,
    },
  )
  .map((pieces) => pieces.join(''))
const cut = (bytes: Uint8Array, sizes: readonly number[]) => {
  const chunks: Uint8Array[] = []
  let at = 0
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return [...chunks, bytes.subarray(at)]
}

test('however a stream is cut, no byte is lost or changed, and no event is cut', async () => {
  await fc.assert(
    fc.asyncProperty(streamText, fc.array(fc.integer({ min: 0, max: 5 })), async (text, sizes) => {
      const bytes = toBytes(text)
      const { out, rest } = feed(cut(bytes, sizes))
      expect(out.join('') + rest).toBe(Buffer.from(bytes).toString('latin1'))
      // Each piece on its own says what all of it says up to there.
      const all = await decodeMessages([bytes])
      const separate = await Promise.all(out.map((piece) => decodeMessages([Buffer.from(piece, 'latin1')])))
      const withoutIds = (messages: typeof all) => messages.map(({ event, data }) => ({ event, data }))
      expect(withoutIds(separate.flat())).toEqual(withoutIds(all).slice(0, separate.flat().length))
      expect(all.length - separate.flat().length).toBeLessThanOrEqual(1)
    }),
  )
})

test('an event ends behind its blank line, whatever ends its lines', () => {
  for (const end of ['\n', '\r', '\r\n']) {
    const bytes = toBytes(`event: x${end}data: a${end}${end}data: b${end}${end}`)
    const first = nextEventEnd(bytes, 0)
    expect(toText(bytes.subarray(0, first))).toBe(`event: x${end}data: a${end}${end}`)
    expect(nextEventEnd(bytes, first)).toBe(bytes.length)
  }
})

/** Behind the first blank line from a place on, or -1. */
const blankEnd = (text: string, from: number): number => {
  const blank = /(?:\r\n|\r(?!\n)|\n)(?:\r\n|\r(?!\n)|\n)/g
  blank.lastIndex = from
  return blank.test(text) ? blank.lastIndex : -1
}

test('the end of an event is where a pattern finds it, near or far, and so is that of a kept one', () => {
  const filler = fc.constantFrom('', '', 'x'.repeat(1020), 'data: y\n'.repeat(130))
  const text = fc.tuple(streamText, filler, streamText).map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, text, fc.nat(8), (before, after, from) => {
      const bytes = Buffer.from(after)
      const latin1 = bytes.toString('latin1')
      if (from < bytes.length) {
        const expected = blankEnd(latin1, from)
        expect(nextEventEnd(bytes, from)).toBe(expected < 0 ? bytes.length : expected)
      }
      const tail = createEventTail()
      takeWholeEvents(tail, toBytes(before))
      const kept = Buffer.from(tail.rest.bytes.subarray(0, tail.rest.length)).toString('latin1')
      // The line before it has ended. A CR behind that was kept for the LF that it may be a part of.
      const isOver = /(?:^|\n)\r$/.test(kept) && !latin1.startsWith('\n')
      const end = blankEnd(`\n${kept}${latin1}`, isOver ? kept.length : 0) - 1 - kept.length
      // Of a CR at the very end the LF may be on its way.
      const isOpen = end === latin1.length && latin1.endsWith('\r')
      expect(endOfKept(tail, bytes)).toBe(kept === '' || end < 0 || isOpen ? 0 : end)
    }),
    { numRuns: 3000 },
  )
})

test('what ends a kept event is told, so that the events behind it need not be copied', () => {
  for (const end of ['\n', '\r', '\r\n']) {
    const tail = createEventTail()
    takeWholeEvents(tail, toBytes(`data: a${end}data: b`))
    const read = toBytes(`c${end}${end}data: d${end}${end}data: e`)
    expect(endOfKept(tail, toBytes('no end'))).toBe(0)
    expect(endOfKept(tail, read)).toBe(1 + 2 * end.length)
    expect(toText(takeWholeEvents(tail, read.subarray(0, endOfKept(tail, read))) ?? read)).toBe(
      `data: a${end}data: bc${end}${end}`,
    )
    const next = read.subarray(1 + 2 * end.length)
    expect(endOfKept(tail, next)).toBe(0)
    expect(takeWholeEvents(tail, next)?.buffer).toBe(read.buffer)
  }
})

test('a kept event and a million short lines behind it are read in one pass', () => {
  const tail = createEventTail()
  takeWholeEvents(tail, toBytes('data: a\n'))
  const lines = toBytes(':\n'.repeat(1_000_000))
  expect(endOfKept(tail, lines)).toBe(0)
  expect(endOfKept(tail, toBytes(`${':\n'.repeat(1_000_000)}\n`))).toBe(2_000_001)
})

test('an event that is kept next leaves the one before it as it was', () => {
  const tail = createEventTail()
  takeWholeEvents(tail, toBytes('data: a'))
  const whole = takeWholeEvents(tail, toBytes('b\n\ndata: c'))
  expect(toText(whole ?? new Uint8Array())).toBe('data: ab\n\n')
  expect(toText(takeRest(tail))).toBe('data: c')
})

test('what is kept is a copy', () => {
  const tail = createEventTail()
  for (const piece of ['data: a', 'b']) {
    const lent = toBytes(piece)
    takeWholeEvents(tail, lent)
    lent.fill(0)
  }
  expect(toText(takeRest(tail))).toBe('data: ab')
})

test('a large event in small pieces costs its length, and bytes of a neighbour are never written to', () => {
  const neighbour = toBytes('data: 1\n\ndata: x|untouched')
  const tail = createEventTail()
  takeWholeEvents(tail, neighbour.subarray(0, 16))
  for (let at = 0; at < 10_000; at += 1) takeWholeEvents(tail, toBytes('yz'))
  const whole = takeWholeEvents(tail, toBytes('\n\n'))
  expect(whole?.length).toBe(7 + 20_000 + 2)
  expect(toText(neighbour)).toBe('data: 1\n\ndata: x|untouched')
})
