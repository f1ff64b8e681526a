import { expect, test } from 'vitest'
import { createRecorder } from '../forward/test-support.ts'
import type { JsonObject } from '../types/json.ts'
import { type Act, answers } from './script/test-support.ts'
import {
  type Cell,
  type CellOptions,
  cells,
  createPair,
  hasMarker,
  run,
  toText,
  toTitle,
} from './test-support.ts'

const half: Act[] = [
  { type: 'text', text: 'One, ' },
  { type: 'text', text: 'two' },
]
const broken: Act[] = [...half, { type: 'reset' }]
const streams = cells.filter(({ isStream }) => isStream).map((cell) => ({ title: toTitle(cell), cell }))

/** Does the second target's model go on from a last assistant message? */
const options = (onBreak: 'error' | 'continue' | 'restart' | 'rescue', prefill: boolean): CellOptions => {
  const capabilities = { prefill }
  return {
    route: { onBreak },
    manager: { catalogue: { 'p2/gpt-4.1': { capabilities }, 'p2/claude-sonnet-4-5': { capabilities } } },
  }
}

test.for(streams)('continue writes on where the text broke off: $title', async ({ cell }) => {
  const outcome = await run(cell, [[broken], [answers(', three.')]], options('continue', true))
  expect(outcome.text).toBe('One, two, three.')
  expect(outcome.asked).toEqual([1, 1])
  expect(hasMarker(outcome.client.text())).toBe(true)
  const prefill = expect.objectContaining({ role: 'assistant', content: expect.anything() })
  expect(outcome.requests[1]?.[0]?.messages).toEqual([expect.objectContaining({ role: 'user' }), prefill])
  expect(JSON.stringify(outcome.requests[1]?.[0]?.messages)).toContain('One, two')
  // The head was out before the break; the report names who ended it, whose usage alone is billed.
  expect(outcome.client.headers).toMatchObject({ 'x-gateway-provider': 'p1', 'x-gateway-attempts': '1' })
  expect(outcome.report).toMatchObject({ provider: 'p2', attempts: 2 })
  expect(outcome.report?.error).toBeUndefined()
})

test.for(streams)(
  'continue passes over a model without prefill, and names the break: $title',
  async ({ cell }) => {
    const outcome = await run(cell, [[broken], [answers('never')]], options('continue', false))
    expect([outcome.text, outcome.asked]).toEqual(['One, two', [1, 0]])
    expect(outcome.report?.error).toMatchObject({ code: 'network', provider: 'p1' })
    expect(hasMarker(outcome.client.text())).toBe(false)
  },
)

test.for(streams)('continue that nobody can carry on names the first break: $title', async ({ cell }) => {
  const outcome = await run(cell, [[broken], [[{ type: 'status', status: 400 }]]], options('continue', true))
  expect([outcome.text, outcome.asked]).toEqual(['One, two', [1, 1]])
  expect(outcome.report?.error).toMatchObject({ code: 'network' })
  expect(outcome.report?.attempts).toBe(2)
})

test.for(streams)(
  'restart shows nothing of the half, and the whole of the next: $title',
  async ({ cell }) => {
    const outcome = await run(cell, [[broken], [answers('All ', 'of it')]], options('restart', true))
    expect([outcome.text, outcome.asked]).toEqual(['All of it', [1, 1]])
    expect(outcome.client.headers).toMatchObject({ 'x-gateway-provider': 'p2', 'x-gateway-attempts': '2' })
    expect(outcome.report).toMatchObject({ provider: 'p2', attempts: 2 })
  },
)

test.for(streams)(
  'restart with nobody left fails with a status, as nothing was shown: $title',
  async ({ cell }) => {
    const outcome = await run(cell, [[broken], [broken]], options('restart', true))
    expect([outcome.client.status, outcome.status, outcome.asked]).toEqual([undefined, 502, [1, 1]])
    expect(outcome.error).toMatchObject({ code: 'network', provider: 'p2', attempts: 2 })
  },
)

test.for(streams)('rescue continues where the others take a prefill: $title', async ({ cell }) => {
  const outcome = await run(cell, [[broken], [answers(', three.')]], options('rescue', true))
  expect([outcome.text, outcome.asked]).toEqual(['One, two, three.', [1, 1]])
})

test.for(streams)('rescue starts again where one does not: $title', async ({ cell }) => {
  const outcome = await run(cell, [[broken], [answers('Anew')]], options('rescue', false))
  expect([outcome.text, outcome.asked]).toEqual(['Anew', [1, 1]])
})

test.for(streams)('a request decides for itself: $title', async ({ cell }) => {
  const set = { ...options('error', true), call: { onBreak: 'restart' as const } }
  const outcome = await run(cell, [[broken], [answers('Anew')]], set)
  expect(outcome.text).toBe('Anew')
})

test.for(streams)('an answer that stalls or ends early is carried on as well: $title', async ({ cell }) => {
  for (const fault of [
    { type: 'hang' },
    { type: 'end' },
    { type: 'error-event', error: 'x' },
  ] satisfies Act[]) {
    const outcome = await run(cell, [[[...half, fault]], [answers('!')]], options('continue', true))
    expect([fault.type, outcome.text, outcome.asked]).toEqual([fault.type, 'One, two!', [1, 1]])
  }
})

/** Begins an answer early by a heartbeat of the platform's own timers, and then lets the clock of the walk run. */
const runEarly = async (cell: (typeof streams)[number]['cell'], second: Act[], body: JsonObject = {}) => {
  const slow: Act[] = [...half, { type: 'wait', ms: 40_000 }, { type: 'reset' }]
  const set = { ...options('restart', true), call: { heartbeatMs: 3 }, body }
  const { clock, send } = createPair(cell, [[slow], [second]], set)
  const client = createRecorder()
  const begun = Promise.withResolvers<void>()
  const { head } = client
  client.head = (...args) => {
    head(...args)
    begun.resolve()
  }
  const done = send(client)
  await clock.advance(10)
  await begun.promise
  // Who answers is not known yet, so it names nobody: only what was tried by then.
  expect(client.headers).toEqual({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-gateway-attempts': '1',
    ...(body.reasoning_effort !== undefined && { 'x-gateway-warnings': expect.stringContaining('huge') }),
  })
  await clock.advance(60_000)
  const report = await done
  expect([client.ended, clock.pending()]).toEqual([true, 0])
  return { client, report }
}

test.for(streams)('a held answer begins early, and then is whole: $title', async ({ cell }) => {
  const { client, report } = await runEarly(cell, answers('Anew'))
  expect([toText(client.text()), hasMarker(client.text())]).toEqual(['Anew', true])
  expect(report).toMatchObject({ provider: 'p2', attempts: 2 })
})

test.for(streams)(
  'a held answer that began early tells of its failure in the stream: $title',
  async ({ cell }) => {
    const { client, report } = await runEarly(cell, broken)
    expect([toText(client.text()), hasMarker(client.text())]).toEqual(['', false])
    expect(client.text()).toContain('"error"')
    expect(report.error).toMatchObject({ code: 'network', attempts: 2 })
  },
)

test('a held answer that begins early names what its request lost already', async () => {
  const cell: Cell = { client: 'openai-chat', upstream: 'anthropic-messages', isStream: true }
  const { client } = await runEarly(cell, answers('Anew'), { reasoning_effort: 'huge' })
  expect(toText(client.text())).toBe('Anew')
})

test('a held answer that began early and stops for a fault of its server has used what that server says', async () => {
  const cell: Cell = { client: 'openai-chat', upstream: 'openai-chat', isStream: true }
  const choices = [{ index: 0, delta: {}, finish_reason: 'error' }]
  const fault = { choices, usage: { prompt_tokens: 100, completion_tokens: 50 } }
  const { report } = await runEarly(cell, [
    ...half,
    { type: 'raw', text: `data: ${JSON.stringify(fault)}\n\n` },
    { type: 'close' },
  ])
  expect(report.usage).toMatchObject({ inputTokens: 100, outputTokens: 50 })
})

test.for(['continue', 'restart', 'rescue'] as const)(
  '%s leaves a stream of several choices to the target that was asked for them',
  async (onBreak) => {
    const cell: Cell = { client: 'openai-chat', upstream: 'openai-chat', isStream: true }
    const script: Act[] = [{ type: 'text', text: 'one' }, { type: 'finish' }]
    const outcome = await run(cell, [[script], [answers('second')]], { route: { onBreak }, body: { n: 2 } })
    expect([outcome.status, outcome.text, outcome.asked]).toEqual([200, 'one', [1, 0]])
    expect(outcome.requests[0]).toMatchObject([{ n: 2 }])
    expect(outcome.report).toMatchObject({ isRelay: true })
  },
)
