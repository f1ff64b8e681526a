import { expect, test } from 'vitest'
import type { ProviderErrorCode } from '../errors.ts'
import { type Act, answers } from './script/test-support.ts'
import { cells, checkEnd, type End, run, type Scripts, toTitle } from './test-support.ts'

interface Row {
  name: string
  /** What the first target does. */
  scripts: Scripts
  stream: End
  whole: End
  /** What the first target's book says then. By default every attempt is a failure, and an answer forgives all. */
  health?: { state: 'open' | 'closed'; failures: number; alarm?: string; coolDownMs?: number }
  /** How long its last attempt took in a stream. */
  streamMs?: number
}

const text = (words: string): Act => ({ type: 'text', text: words })
const status = (code: number, more: Partial<Extract<Act, { type: 'status' }>> = {}): Act => ({
  type: 'status',
  status: code,
  ...more,
})
const onward = (asked: number): End => ({ answer: 'second', asked: [asked, 1] })
const again = (asked: number): End => ({ answer: 'first', asked: [asked, 0] })
const told = (code: ProviderErrorCode): End => ({ told: code, asked: [1, 0] })
const both = (end: End) => ({ stream: end, whole: end })
const unharmed = { state: 'closed', failures: 0 } as const
const opened = { state: 'open', failures: 0 } as const
const good = answers('first ', 'answer')
const html = '<!doctype html><title>Sign in</title>'

const rows: Row[] = [
  { name: 'U1 refused', scripts: [[{ type: 'refuse' }]], ...both(onward(3)) },
  { name: 'U1 refused for a moment', scripts: [[{ type: 'refuse' }], good], ...both(again(2)) },
  { name: 'U2 reset before the head', scripts: [[{ type: 'reset' }]], ...both(onward(3)) },
  {
    name: 'U2 reset behind the head',
    scripts: [[{ type: 'head' }, { type: 'reset' }], good],
    ...both(again(2)),
  },
  {
    name: 'U3 reset in the middle',
    scripts: [[text('half'), { type: 'reset' }]],
    stream: told('network'),
    whole: onward(3),
  },
  { name: 'U4 silence before the head', scripts: [[{ type: 'hang' }]], ...both(onward(1)) },
  { name: 'U4 silence behind the head', scripts: [[{ type: 'head' }, { type: 'hang' }]], ...both(onward(1)) },
  {
    name: 'U4 silence in the middle',
    scripts: [[text('half'), { type: 'hang' }]],
    stream: told('timeout'),
    whole: onward(1),
    streamMs: 60_000,
  },
  {
    name: 'U4 a first token that is late, among pings',
    scripts: [
      [
        ...Array(9)
          .fill([{ type: 'ping' }, { type: 'wait', ms: 20_000 }])
          .flat(),
        ...good,
      ],
    ],
    stream: onward(1),
    whole: again(1),
  },
  {
    name: 'U4 a first token just in time',
    scripts: [[{ type: 'wait', ms: 119_000 }, ...good]],
    ...both(again(1)),
  },
  {
    name: 'U5 events that come slowly, without end',
    scripts: [
      Array(99)
        .fill([text('x'), { type: 'wait', ms: 50_000 }])
        .flat(),
    ],
    stream: told('timeout'),
    whole: onward(1),
    streamMs: 600_000,
  },
  {
    name: 'U5 an event that comes byte by byte, without end',
    scripts: [[text('half'), { type: 'drip', text: ' '.repeat(2_000), ms: 1_000 }]],
    stream: told('timeout'),
    whole: onward(1),
    streamMs: 60_000,
  },
  {
    name: 'U6 429, to wait 2 seconds',
    scripts: [[status(429, { headers: { 'retry-after': '2' } })], good],
    ...both(again(2)),
  },
  {
    name: 'U6 429, to wait 300 milliseconds',
    scripts: [[status(429, { headers: { 'retry-after-ms': '300' } })], good],
    ...both(again(2)),
  },
  {
    name: 'U6 429, to wait until a date',
    scripts: [[status(429, { headers: { 'retry-after': new Date(4_000).toUTCString() } })], good],
    ...both(again(2)),
  },
  {
    name: 'U6 429, to wait too long',
    scripts: [[status(429, { headers: { 'retry-after': '90' } })], good],
    ...both(onward(1)),
    health: { ...opened, coolDownMs: 90_000 },
  },
  { name: 'U6 429 without a word', scripts: [[status(429)]], ...both(onward(3)) },
  { name: 'U7 500', scripts: [[status(500)]], ...both(onward(3)) },
  { name: 'U7 502', scripts: [[status(502)], good], ...both(again(2)) },
  { name: 'U7 503', scripts: [[status(503)], [status(503)], good], ...both(again(3)) },
  { name: 'U7 529', scripts: [[status(529)]], ...both(onward(3)) },
  {
    name: 'U7 an error within, before any content',
    scripts: [[{ type: 'head' }, { type: 'error-event', error: 'overloaded_error' }, { type: 'end' }], good],
    stream: again(2),
    whole: again(2),
  },
  {
    name: 'U7 an error within, behind content',
    scripts: [[text('half'), { type: 'error-event', error: 'overloaded_error' }]],
    stream: told('overloaded'),
    whole: onward(3),
  },
  {
    name: 'U8 400',
    scripts: [[status(400)]],
    ...both({ status: 400, code: 'invalid-request', asked: [1, 0] }),
    health: unharmed,
  },
  {
    name: 'U8 401',
    scripts: [[status(401)]],
    ...both(onward(1)),
    health: { ...opened, alarm: 'authentication' },
  },
  { name: 'U8 402', scripts: [[status(402)]], ...both(onward(1)), health: { ...opened, alarm: 'quota' } },
  { name: 'U8 403', scripts: [[status(403)]], ...both(onward(1)), health: unharmed },
  { name: 'U8 404', scripts: [[status(404)]], ...both(onward(1)), health: unharmed },
  {
    name: 'U8 a prompt that is too long',
    scripts: [[status(400, { message: 'prompt is too long: 300000 tokens' })]],
    ...both(onward(1)),
    health: unharmed,
  },
  {
    name: 'U8 a content filter',
    scripts: [[status(400, { message: 'Output blocked by content filtering policy' })]],
    ...both({ status: 400, code: 'content-filter', asked: [1, 0] }),
    health: unharmed,
  },
  {
    name: 'U9 a page with 200',
    scripts: [[{ type: 'other', contentType: 'text/html', body: html }]],
    ...both(onward(3)),
  },
  {
    name: 'U9 JSON of a wrong type, no answer at all',
    scripts: [[{ type: 'other', contentType: 'text/plain', body: 'ok' }], good],
    ...both(again(2)),
  },
  {
    name: 'U10 an event without an end',
    scripts: [[{ type: 'raw', text: `data: ${'x'.repeat(4_200_000)}` }, { type: 'hang' }]],
    stream: onward(3),
    whole: onward(1),
  },
  {
    name: 'U12 an end without a marker, before any content',
    scripts: [[{ type: 'head' }, { type: 'end' }], good],
    ...both(again(2)),
  },
  {
    name: 'U12 an end without a marker, in the middle',
    scripts: [[text('half'), { type: 'end' }]],
    stream: told('bad-response'),
    whole: onward(3),
  },
  {
    name: 'U13 no usage',
    scripts: [[text('first '), text('answer'), { type: 'finish', usage: false }]],
    ...both(again(1)),
  },
]

for (const cell of cells) {
  test.for(rows)(`$name: ${toTitle(cell)}`, async (row) => {
    const outcome = await run(cell, [row.scripts, [answers('second ', 'answer')]])
    checkEnd(cell.isStream ? row.stream : row.whole, cell, outcome)
    const isAnswered = outcome.report?.provider === 'p1' && outcome.report.error === undefined
    const failed = { state: 'closed', failures: outcome.asked[0] }
    expect(outcome.health[0]).toMatchObject(row.health ?? (isAnswered ? unharmed : failed))
    expect(outcome.health[1]).toMatchObject(unharmed)
    const last = outcome.records.findLast(({ target }) => target.provider === 'p1')
    if (cell.isStream && row.streamMs !== undefined) expect(last?.durationMs).toBe(row.streamMs)
  })
}
