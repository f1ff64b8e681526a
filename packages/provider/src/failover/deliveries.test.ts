import { expect, test } from 'vitest'
import { createRecorder } from '../forward/test-support.ts'
import { framesOf } from './frames/test-support.ts'
import { type Act, answers } from './script/test-support.ts'
import { cells, createPair, hasMarker, run, toTitle } from './test-support.ts'

const second = [answers('second')]
const titled = cells.map((cell) => ({ title: toTitle(cell), cell }))
const streams = titled.filter(({ cell }) => cell.isStream)
const wholes = titled.filter(({ cell }) => !cell.isStream)
const raw = (text: string | Uint8Array): Act => ({ type: 'raw', text })
const text = (words: string): Act => ({ type: 'text', text: words })

test.for(streams)('a malformed event among good ones costs none of them: $title', async ({ cell }) => {
  for (const bad of [
    'data: {"choices":[{"delta":{"cont\n\n',
    'data: not json\n\n',
    'event: x\ndata: [1\n\n',
  ]) {
    for (const script of [
      [text('one '), raw(bad), text('two'), { type: 'finish' }],
      [{ type: 'head' }, raw(bad), text('one '), text('two'), { type: 'finish' }],
    ] satisfies Act[][]) {
      const outcome = await run(cell, [[script], second])
      expect([outcome.text, outcome.asked]).toEqual(['one two', [1, 0]])
      expect(hasMarker(outcome.client.text())).toBe(true)
      expect(outcome.health[0]).toMatchObject({ failures: 0 })
    }
  }
})

test.for(streams)('unknown events and fields, and an event twice, do no harm: $title', async ({ cell }) => {
  const frames = framesOf(cell.upstream)
  const unknown = 'event: novelty\ndata: {"type":"novelty","choices":[],"of":{"2027":true}}\n\n'
  const script: Act[] = [raw(unknown), raw(frames.ping), text('one'), raw(unknown), { type: 'finish' }]
  const outcome = await run(cell, [[script], second])
  expect([outcome.text, outcome.asked]).toEqual(['one', [1, 0]])
  expect(outcome.report?.error).toBeUndefined()
})

test.for(streams)('bytes that are no UTF-8 are replaced, not fatal: $title', async ({ cell }) => {
  const frame = framesOf(cell.upstream).text('a@b')
  const bytes = new TextEncoder().encode(frame)
  bytes[frame.indexOf('@')] = 0xff
  const outcome = await run(cell, [[[raw(bytes), { type: 'finish' }]], second])
  expect([outcome.text, outcome.asked]).toEqual(['a�b', [1, 0]])
})

test.for(streams)('a byte order mark, and text cut at every byte, are nothing: $title', async ({ cell }) => {
  const frames = framesOf(cell.upstream)
  const answer = `\uFEFF${frames.start}${frames.text('Grüße 🦊')}${frames.finish(true)}`
  const script: Act[] = [{ type: 'head', bare: true }, { type: 'drip', text: answer, ms: 0 }, { type: 'end' }]
  const outcome = await run(cell, [[script], second])
  expect([outcome.text, outcome.asked]).toEqual(['Grüße 🦊', [1, 0]])
})

test.for(wholes)(
  'a whole answer with bytes that are no UTF-8, or that comes byte by byte: $title',
  async ({ cell }) => {
    const answer = framesOf(cell.upstream).whole('a@b 🦊', true)
    const bytes = new TextEncoder().encode(answer)
    bytes[answer.indexOf('@')] = 0xff
    const odd = await run(cell, [[[{ type: 'head' }, raw(bytes), { type: 'close' }]], second])
    expect([odd.text, odd.asked]).toEqual(['a�b 🦊', [1, 0]])
    const slow = framesOf(cell.upstream).whole('Grüße 🦊', true)
    const script: Act[] = [{ type: 'head' }, { type: 'drip', text: slow, ms: 0 }, { type: 'close' }]
    const cut = await run(cell, [[script], second])
    expect([cut.text, cut.asked]).toEqual(['Grüße 🦊', [1, 0]])
  },
)

test.for(wholes)('a whole answer with fields that nobody knows: $title', async ({ cell }) => {
  const value = JSON.parse(framesOf(cell.upstream).whole('one', true))
  const answer = JSON.stringify({ ...value, novelty: { of: [2027] } })
  const outcome = await run(cell, [[[{ type: 'head' }, raw(answer), { type: 'close' }]], second])
  expect([outcome.text, outcome.asked]).toEqual(['one', [1, 0]])
})

/** A call whose arguments are no JSON, as each API would send it. */
const brokenCalls = {
  'openai-chat': {
    delta: `data: ${JSON.stringify({
      id: 'c',
      model: 'gpt-4.1',
      choices: [
        {
          index: 0,
          delta: {
            tool_calls: [
              { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":' } },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
    })}\n\ndata: [DONE]\n\n`,
    block: { tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":' } }] },
  },
  'anthropic-messages': {
    delta: [
      { type: 'content_block_stop', index: 0 },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
      },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"a":' } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } },
      { type: 'message_stop' },
    ]
      .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      .join(''),
    block: undefined,
  },
}

// Anthropic's whole answers hold an object, which cannot be broken but by breaking all of the JSON.
const calling = titled.filter(({ cell }) => cell.isStream || brokenCalls[cell.upstream].block !== undefined)

test.for(calling)(
  'arguments of a tool that are no JSON are the answer as it is: $title',
  async ({ cell }) => {
    const { delta, block } = brokenCalls[cell.upstream]
    const whole = JSON.parse(framesOf(cell.upstream).whole('one', true))
    if (block !== undefined) Object.assign(whole.choices[0].message, block)
    const body = cell.isStream ? delta : JSON.stringify(whole)
    const script: Act[] = [{ type: 'head' }, raw(body), { type: 'close' }]
    const outcome = await run(cell, [[script], second])
    expect(outcome.asked).toEqual([1, 0])
    expect(outcome.error ?? outcome.report?.error).toBeUndefined()
    expect(outcome.report?.stopReason).toBe('tool-use')
    expect(outcome.client.text()).toContain('"f"')
  },
)

test.for(titled)('usage that is missing or nonsense is marked as estimated: $title', async ({ cell }) => {
  const outcome = await run(cell, [[[text('one'), { type: 'finish', usage: false }]], second])
  expect([outcome.text, outcome.asked]).toEqual(['one', [1, 0]])
  // Anthropic's stream names the usage at its start as well.
  const isNamed = cell.upstream === 'anthropic-messages' && cell.isStream
  if (!isNamed) expect(outcome.report?.usage).toMatchObject({ estimated: true })
  const whole = await run(cell, [[[text('one'), { type: 'finish' }]], second])
  expect(whole.report?.usage).toEqual({ inputTokens: 7, outputTokens: 5 })
})

test.for(titled)('a client that leaves says nothing about the target: $title', async ({ cell }) => {
  for (const script of [[{ type: 'hang' }], [text('half'), { type: 'hang' }]] satisfies Act[][]) {
    const { clock, send, manager, upstreams } = createPair(cell, [[script], second])
    const controller = new AbortController()
    const client = createRecorder()
    const reason = new Error('The client left.')
    const done = send(client, controller.signal)
    await clock.advance(1_000)
    controller.abort(reason)
    await expect(done).rejects.toBe(reason)
    await clock.advance(0)
    expect(clock.pending()).toBe(0)
    expect(upstreams.map(({ requests }) => requests.length)).toEqual([1, 0])
    expect(manager.health()[0]?.health).toMatchObject({ state: 'closed', failures: 0 })
    expect(client.ended).toBe(false)
  }
})

test.for(titled)('a wait between two attempts ends when the client leaves: $title', async ({ cell }) => {
  const { clock, send } = createPair(cell, [[[{ type: 'status', status: 503 }]], second])
  const controller = new AbortController()
  const done = send(createRecorder(), controller.signal)
  await clock.advance(10)
  controller.abort('left')
  await expect(done).rejects.toBe('left')
  expect(clock.pending()).toBe(0)
})
