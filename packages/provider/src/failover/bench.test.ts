import { expect, test } from 'vitest'
import { createRecorder } from '../forward/test-support.ts'
import { type Act, answers } from './script/test-support.ts'
import { type Cell, createPair, run, type Scripts, toText } from './test-support.ts'

/*
 * The faults of Failover Bench, a public benchmark, as far as a manager alone can show them: sixty words, two targets,
 * `onBreak: rescue`, limits as an operator would set them for it. https://github.com/failoverbench/failoverbench
 */

const words = Array.from({ length: 60 }, (_, at) => (at === 59 ? 'end.' : `w${at} `))
const canonical = words.join('')
const cell: Cell = { client: 'openai-chat', upstream: 'openai-chat', isStream: true }
const good = answers(...words)
const text = (count: number) => words.slice(0, count).map((word): Act => ({ type: 'text', text: word }))
const fail = (status: number, more: Partial<Extract<Act, { type: 'status' }>> = {}): Act[] => [
  { type: 'status', status, ...more },
]
const timeouts = { firstTokenMs: 10_000, stallMs: 10_000, totalMs: 90_000 }

const send = (scripts: Scripts, prefill = true) =>
  run(cell, [scripts, [good]], {
    route: { onBreak: 'rescue', timeouts },
    manager: { catalogue: { 'p2/gpt-4.1': { capabilities: { prefill } } } },
  })

const noDone: Act[] = [
  ...text(60),
  { type: 'raw', text: 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n' },
  { type: 'end' },
]

interface Scenario {
  name: string
  scripts: Scripts
  asked: [number, number]
  /** Until the end of the last attempt at the first target, in milliseconds. */
  withinMs: number
}

const scenarios: Scenario[] = [
  {
    name: '429 with Retry-After',
    scripts: [fail(429, { headers: { 'retry-after': '2' } }), good],
    asked: [2, 0],
    withinMs: 0,
  },
  { name: '429 without Retry-After, again and again', scripts: [fail(429)], asked: [3, 1], withinMs: 0 },
  { name: '500 once', scripts: [fail(500), good], asked: [2, 0], withinMs: 0 },
  { name: '503 again and again', scripts: [fail(503)], asked: [3, 1], withinMs: 0 },
  { name: 'a reset before the headers', scripts: [[{ type: 'reset' }], good], asked: [2, 0], withinMs: 0 },
  { name: 'no response at all', scripts: [[{ type: 'hang' }]], asked: [1, 1], withinMs: 10_000 },
  {
    name: 'a slow first token',
    scripts: [[{ type: 'head' }, { type: 'wait', ms: 20_000 }, ...good]],
    asked: [1, 1],
    withinMs: 10_000,
  },
  { name: 'a stream that is cut', scripts: [[...text(40), { type: 'reset' }]], asked: [1, 1], withinMs: 0 },
  {
    name: 'a stream that stalls',
    scripts: [[...text(20), { type: 'wait', ms: 30_000 }, { type: 'end' }]],
    asked: [1, 1],
    withinMs: 10_000,
  },
  {
    name: 'a malformed chunk',
    scripts: [[...text(9), { type: 'raw', text: 'data: {"choices":[{\n\n' }, ...answers(...words.slice(9))]],
    asked: [1, 0],
    withinMs: 0,
  },
  { name: 'a stream without [DONE]', scripts: [noDone], asked: [1, 0], withinMs: 0 },
  {
    name: 'context length exceeded',
    scripts: [fail(400, { error: 'context_length_exceeded', message: 'too long' })],
    asked: [1, 1],
    withinMs: 0,
  },
]

test.for(scenarios)('rescued: $name', async ({ scripts, asked, withinMs }) => {
  // A model that writes on is played by one that begins again only where nothing is to be written on.
  const outcome = await send(scripts, false)
  expect(outcome.text).toBe(canonical)
  expect(outcome.asked).toEqual(asked)
  expect(outcome.client.text()).toMatch(/data: \[DONE\]\n\n$/)
  const last = outcome.records.findLast(({ target }) => target.provider === 'p1')
  expect(last?.durationMs).toBe(withinMs)
})

test('a cut stream is continued where the other takes a prefill', async () => {
  const rest = answers(...words.slice(40))
  const outcome = await run(cell, [[[...text(40), { type: 'reset' }]], [rest]], {
    route: { onBreak: 'rescue', timeouts },
    manager: { catalogue: { 'p2/gpt-4.1': { capabilities: { prefill: true } } } },
  })
  expect([outcome.text, outcome.asked]).toEqual([canonical, [1, 1]])
})

test('a Retry-After is waited for, not less and not much more', async () => {
  const {
    clock,
    send: ask,
    upstreams,
  } = createPair(cell, [[fail(429, { headers: { 'retry-after': '2' } }), good], [good]])
  const done = ask(createRecorder())
  await clock.advance(1_999)
  expect(upstreams.map(({ requests }) => requests.length)).toEqual([1, 0])
  await clock.advance(1)
  expect(upstreams.map(({ requests }) => requests.length)).toEqual([2, 0])
  await done
})

test('a content-filter refusal is handed on, and nobody else is asked', async () => {
  const outcome = await send([
    fail(400, { error: 'content_policy_violation', message: 'Refused by policy.' }),
  ])
  expect([outcome.asked, outcome.status, outcome.client.status]).toEqual([[1, 0], 400, undefined])
  expect(outcome.error).toMatchObject({ message: 'Refused by policy.' })
})

test('a target that refuses prefills is never sent one: the answer starts again', async () => {
  const outcome = await send([[...text(40), { type: 'reset' }]], false)
  expect(outcome.text).toBe(canonical)
  const roles = outcome.requests[1]?.map(({ messages }) => JSON.stringify(messages))
  expect(roles).toEqual([expect.not.stringContaining('assistant')])
})

test('a target that flaps is left alone while it is down, and comes back by a probe', async () => {
  const flapping: Scripts = (now) => (now < 60_000 ? fail(503) : good)
  const { clock, upstreams, send: ask } = createPair(cell, [flapping, [good]])
  const [first] = upstreams
  const served: (string | undefined)[] = []
  const askedFirst: number[] = []
  for (let at = 0; at < 20; at += 1) {
    const client = createRecorder()
    const before = first?.requests.length ?? 0
    const done = ask(client)
    await clock.advance(4_000)
    await done
    expect(toText(client.text())).toBe(canonical)
    served.push(client.headers['x-gateway-provider'])
    askedFirst.push((first?.requests.length ?? 0) - before)
  }
  expect(served).toEqual([...Array(15).fill('p2'), ...Array(5).fill('p1')])
  expect(Math.max(...askedFirst.slice(5, 15))).toBeLessThanOrEqual(3)
  expect(clock.pending()).toBe(0)
})

test('the answer names whom it is from, and the failed attempts cost nothing', async () => {
  const outcome = await send([fail(503)])
  expect(outcome.report).toMatchObject({
    provider: 'p2',
    attempts: 4,
    usage: { inputTokens: 7, outputTokens: 5 },
  })
  expect(outcome.client.text()).toContain('"model":"gpt-4.1')
})
