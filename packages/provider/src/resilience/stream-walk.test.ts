import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProviderError, type ProviderErrorCode } from '../errors.ts'
import type { OnBreak } from '../routing/route.ts'
import type { Target } from '../routing/target.ts'
import type { CompletionRequest } from '../types/completion.ts'
import type { Provider } from '../types/provider.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import { createHealthBook } from './health.ts'
import { defaultRetry } from './policy.ts'
import { openStream } from './stream-walk.ts'
import { createVirtualClock } from './test-support.ts'
import { toTimeLimits } from './timeouts.ts'
import { createBudget } from './walk.ts'

const error = (code: ProviderErrorCode = 'network') => new ProviderError(`broken: ${code}`, { code })
const start: StreamEvent = { type: 'start', id: 'id', model: 'm' }
const text = (piece: string, index = 0): StreamEvent => ({ type: 'text-delta', index, text: piece })
const end = (index = 0): StreamEvent => ({ type: 'block-end', index })
const finish: StreamEvent = {
  type: 'finish',
  stopReason: 'end-turn',
  usage: { inputTokens: 1, outputTokens: 1 },
}

/** What a target does: events, and then perhaps an error. */
type Script = (StreamEvent | ProviderError)[]

const ask: CompletionRequest = { model: 'asked', messages: [{ role: 'user', content: 'Hi' }] }

const open = async (
  scripts: Script[],
  onBreak: OnBreak,
  over: { prefill?: boolean[]; request?: CompletionRequest } = {},
) => {
  const targets: Target[] = scripts.map((_, at) => ({ provider: 'p', model: `${at}` }))
  const requests: CompletionRequest[] = []
  const clock = createVirtualClock()
  const limits = toTimeLimits()
  const provider = {
    async stream(request: CompletionRequest) {
      requests.push(request)
      const script = scripts[Number(request.model)] ?? []
      return (async function* () {
        for (const act of script) {
          if (act instanceof ProviderError) throw act
          yield act
        }
      })()
    },
  } as unknown as Provider
  const { target, events } = await openStream({
    targets,
    isConfigured: true,
    limitsOf: () => limits,
    retry: { ...defaultRetry, attempts: 0 },
    health: createHealthBook(clock),
    clock,
    random: () => 0,
    budget: createBudget(clock, limits.totalMs),
    request: over.request ?? ask,
    onBreak,
    providerOf: () => provider,
    takesPrefill: ({ model }) => over.prefill?.[Number(model)] ?? true,
  })
  const told: StreamEvent[] = []
  let failure: unknown
  try {
    for await (const event of events) told.push(event)
  } catch (thrown) {
    failure = thrown
  }
  expect(clock.pending()).toBe(0)
  return { target: target.model, told, failure, requests }
}

const joined = (events: StreamEvent[]) =>
  events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')

test('a stream that breaks before its first content is begun by the next target', async () => {
  const { target, told, requests } = await open(
    [
      [start, error()],
      [start, text('ok'), end(), finish],
    ],
    'error',
  )
  expect(target).toBe('1')
  expect(told).toEqual([start, text('ok'), end(), finish])
  expect(requests).toHaveLength(2)
})

test('error: a break after that is told, with the half that came', async () => {
  const { told, failure, requests } = await open([[start, text('half'), error()], [start]], 'error')
  expect(joined(told)).toBe('half')
  expect(failure).toMatchObject({ code: 'network' })
  expect(requests).toHaveLength(1)
})

test('a stream that ends without its finish is broken', async () => {
  const { failure } = await open([[start, text('half')]], 'error')
  expect(failure).toMatchObject({ code: 'bad-response' })
})

test('continue: the next target writes on in the same block, as one answer', async () => {
  const { told, failure, requests } = await open(
    [
      [start, text('One, '), text('two'), error()],
      [{ ...start, id: 'other' }, text(', three'), end(), finish],
    ],
    'continue',
  )
  expect(failure).toBeUndefined()
  expect(told).toEqual([start, text('One, '), text('two'), text(', three'), end(), finish])
  expect(requests[1]).toEqual({
    model: '1',
    messages: [...ask.messages, { role: 'assistant', content: 'One, two' }],
  })
})

test('continue: whoever breaks off too is followed by the next', async () => {
  const { told, requests } = await open(
    [
      [start, text('a'), error()],
      [start, text('b'), error()],
      [start, text('c'), end(), finish],
    ],
    'continue',
  )
  expect(joined(told)).toBe('abc')
  expect(requests[2]?.messages.at(-1)).toEqual({ role: 'assistant', content: 'ab' })
})

test('continue: targets without prefill are passed over; with none left the break itself is told', async () => {
  const scripts: Script[] = [
    [start, text('a'), error()],
    [start, text('X'), finish],
    [start, text('b'), end(), finish],
  ]
  const skipped = await open(scripts, 'continue', { prefill: [true, false, true] })
  expect(joined(skipped.told)).toBe('ab')
  const none = await open(scripts, 'continue', { prefill: [true, false, false] })
  expect(none.failure).toMatchObject({ message: 'broken: network' })
  expect(none.requests).toHaveLength(1)
})

test('continue: a prefill of the caller stays at the beginning of what is gone on from', async () => {
  const messages: CompletionRequest['messages'] = [...ask.messages, { role: 'assistant', content: '{"a":' }]
  const { requests } = await open(
    [
      [start, text('1,'), error()],
      [start, text('"b":2}'), end(), finish],
    ],
    'continue',
    { request: { ...ask, messages, maxTokens: 100 } },
  )
  expect(requests[1]?.messages).toEqual([
    ask.messages[0],
    { role: 'assistant', content: [{ type: 'text', text: '{"a":1,' }] },
  ])
  expect(requests[1]?.maxTokens).toBe(99)
})

test('continue: white space at the seam stands there once', async () => {
  for (const first of [' two', 'two', '  two']) {
    const { told } = await open(
      [
        [start, text('one  '), error()],
        [start, text(first), end(), finish],
      ],
      'continue',
    )
    expect(joined(told)).toBe('one  two')
  }
})

test('continue: a tool call that was begun is not gone on from', async () => {
  const call: StreamEvent = { type: 'tool-use-start', index: 1, id: 't', name: 'f' }
  const { failure, requests } = await open(
    [
      [start, text('a'), end(), call, error()],
      [start, text('b'), finish],
    ],
    'continue',
  )
  expect(failure).toMatchObject({ code: 'network' })
  expect(requests).toHaveLength(1)
})

test('continue: where nothing but thinking came, any later target begins', async () => {
  const thinking: StreamEvent = { type: 'thinking-delta', index: 0, text: 'hm' }
  const { told, requests } = await open(
    [
      [start, thinking, error()],
      [start, thinking, end(), text('b', 1), end(1), finish],
    ],
    'continue',
    { prefill: [false, false] },
  )
  expect(requests[1]?.messages).toEqual(ask.messages)
  expect(told).toEqual([start, thinking, { ...thinking, index: 1 }, end(1), text('b', 2), end(2), finish])
})

test('continue: a refusal in the middle is handed on, never gone around', async () => {
  const { failure, requests } = await open(
    [
      [start, text('a'), error('content-filter')],
      [start, text('b'), finish],
    ],
    'continue',
  )
  expect(failure).toMatchObject({ code: 'content-filter' })
  expect(requests).toHaveLength(1)
})

test('continue: a refusal that breaks off is not gone around', async () => {
  const refusal: StreamEvent = { type: 'text-delta', index: 0, text: 'I can', isRefusal: true }
  const { failure, requests } = await open(
    [
      [start, refusal, error()],
      [start, text('b'), finish],
    ],
    'continue',
  )
  expect(failure).toMatchObject({ code: 'network' })
  expect(requests).toHaveLength(1)
})

test('rescue: what may call tools is held, since nobody goes on from half a call', async () => {
  const tools = [{ name: 'f', inputSchema: {} }]
  const call: StreamEvent = { type: 'tool-use-start', index: 0, id: 't', name: 'f' }
  const { told } = await open(
    [
      [start, call, error()],
      [start, text('b'), end(), finish],
    ],
    'rescue',
    {
      request: { ...ask, tools },
    },
  )
  expect(told).toEqual([start, text('b'), end(), finish])
})

test('restart: nothing of a broken answer is shown, and the next one is whole', async () => {
  const { target, told, requests } = await open(
    [
      [start, text('half'), error()],
      [start, text('whole'), end(), finish],
    ],
    'restart',
    { prefill: [false, false] },
  )
  expect(target).toBe('1')
  expect(told).toEqual([start, text('whole'), end(), finish])
  expect(requests[1]?.messages).toEqual(ask.messages)
})

test('rescue: goes on where every later target can, else starts again', async () => {
  const scripts: Script[] = [
    [start, text('a'), error()],
    [start, text('b'), end(), finish],
  ]
  expect(joined((await open(scripts, 'rescue', { prefill: [false, true] })).told)).toBe('ab')
  expect(joined((await open(scripts, 'rescue', { prefill: [true, false] })).told)).toBe('b')
})

test('a caller that stops reading frees the target, and says nothing of its health', async () => {
  const clock = createVirtualClock()
  const health = createHealthBook(clock)
  let isFreed = false
  const provider = {
    async stream() {
      return (async function* () {
        try {
          while (true) yield text('x')
        } finally {
          isFreed = true
        }
      })()
    },
  } as unknown as Provider
  const { events } = await openStream({
    targets: [{ provider: 'p', model: 'm' }],
    isConfigured: false,
    limitsOf: () => toTimeLimits(),
    retry: defaultRetry,
    health,
    clock,
    random: () => 0,
    budget: createBudget(clock, 1_000),
    request: ask,
    onBreak: 'error',
    providerOf: () => provider,
    takesPrefill: () => false,
  })
  for await (const _ of events) break
  expect(isFreed).toBe(true)
  expect(clock.pending()).toBe(0)
  expect(health.get('p/m').failures).toBe(0)
})

test('for any breaks, continue neither loses nor repeats text, and restart tells one whole answer', async () => {
  const whole = 'The quick brown fox  jumps over\n\n the lazy dog. '
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(whole.length - 1), { maxLength: 4 }),
      fc.nat(6).map((size) => size + 1),
      async (lengths, size) => {
        // Each model writes on from what it was given as prefill, as a model without a mind of its own would.
        const cuts = [...lengths].sort((one, other) => one - other)
        const pieces = (from: number, to: number) =>
          Array.from({ length: Math.ceil((to - from) / size) }, (_, at) =>
            text(whole.slice(from + at * size, Math.min(to, from + (at + 1) * size))),
          )
        let written = 0
        const prefill = () => whole.slice(0, written).trimEnd().length
        const continued: Script[] = cuts.map((cut) => {
          const script: Script = [start, ...pieces(prefill(), cut), error()]
          written = Math.max(written, cut)
          return script
        })
        continued.push([start, ...pieces(prefill(), whole.length), end(), finish])
        const spliced = await open(continued, 'continue')
        expect(spliced.failure).toBeUndefined()
        expect(joined(spliced.told)).toBe(whole)

        const restarted: Script[] = cuts.map((cut) => [start, ...pieces(0, cut), error()])
        restarted.push([start, ...pieces(0, whole.length), end(), finish])
        const again = await open(restarted, 'restart')
        expect(joined(again.told)).toBe(whole)
        expect(again.told.filter((event) => event.type === 'start')).toHaveLength(1)
      },
    ),
    { numRuns: 300 },
  )
})
