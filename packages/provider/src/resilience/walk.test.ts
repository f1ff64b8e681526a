import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProviderError, type ProviderErrorCode } from '../errors.ts'
import type { Target } from '../routing/target.ts'
import type { Attempt } from './attempt.ts'
import { createHealthBook } from './health.ts'
import { defaultRetry } from './policy.ts'
import { createVirtualClock } from './test-support.ts'
import { toTimeLimits } from './timeouts.ts'
import { createBudget, walk } from './walk.ts'

const error = (code: ProviderErrorCode, retryAfterMs?: number) =>
  new ProviderError(code, { code, retryAfterMs })
const targets: Target[] = ['a', 'b', 'c'].map((model) => ({ provider: 'p', model }))

type Play = (attempt: Attempt) => Promise<string>

/** Plays each target's part, one act per attempt; the last act is played again. */
const run = (parts: Record<string, Play[]>, over: { isStream?: boolean; signal?: AbortSignal } = {}) => {
  const clock = createVirtualClock()
  const health = createHealthBook(clock)
  const asked: string[] = []
  const limits = toTimeLimits({ firstTokenMs: 1_000, stallMs: 500, totalMs: 10_000 })
  const budget = createBudget(clock, limits.totalMs)
  const ended = walk({
    targets: targets.filter(({ model }) => parts[model] !== undefined),
    isConfigured: true,
    isStream: over.isStream ?? true,
    limitsOf: () => limits,
    retry: defaultRetry,
    health,
    clock,
    random: () => 1,
    signal: over.signal,
    budget,
    async attempt({ model }, attempt) {
      asked.push(model)
      const acts = parts[model] ?? []
      const act = acts[Math.min(asked.filter((name) => name === model).length, acts.length) - 1]
      return (await act?.(attempt)) ?? ''
    },
  })
  return { clock, health, budget, asked, ended }
}

const fail =
  (code: ProviderErrorCode, retryAfterMs?: number): Play =>
  async () => {
    throw error(code, retryAfterMs)
  }
const answer: Play = async (attempt) => {
  attempt.heard()
  attempt.output()
  return 'answer'
}
/** Nothing ever comes; an abort frees it. */
const hang: Play = (attempt) =>
  new Promise((_, reject) => {
    if (attempt.signal.aborted) reject(attempt.signal.reason)
    attempt.signal.addEventListener('abort', () => reject(attempt.signal.reason))
  })

test('the first target that answers is the last one asked', async () => {
  const { asked, ended, budget } = run({ a: [answer], b: [answer] })
  expect(await ended).toMatchObject({ isOk: true, value: 'answer', target: { model: 'a' } })
  expect(asked).toEqual(['a'])
  expect(budget.attempts).toBe(1)
})

test('what may pass is asked of the same target twice more, then of the next', async () => {
  const { clock, asked, ended, budget } = run({ a: [fail('overloaded')], b: [answer] })
  await clock.advance(199)
  expect(asked).toEqual(['a'])
  await clock.advance(1)
  expect(asked).toEqual(['a', 'a'])
  await clock.advance(400)
  expect(asked).toEqual(['a', 'a', 'a', 'b'])
  expect(await ended).toMatchObject({ isOk: true, target: { model: 'b' } })
  expect(budget.records.map((record) => [record.error?.code, record.followedBy])).toEqual([
    ['overloaded', 'same'],
    ['overloaded', 'same'],
    ['overloaded', 'next'],
    [undefined, 'nothing'],
  ])
})

test('a short Retry-After is waited for, a long one leads on at once', async () => {
  const short = run({ a: [fail('rate-limit', 3_000), answer], b: [answer] })
  await short.clock.advance(2_999)
  expect(short.asked).toEqual(['a'])
  await short.clock.advance(1)
  expect(await short.ended).toMatchObject({ target: { model: 'a' } })
  const long = run({ a: [fail('rate-limit', 6_000)], b: [answer] })
  expect(await long.ended).toMatchObject({ target: { model: 'b' } })
  expect(long.clock.now()).toBe(0)
})

test.for(['content-filter', 'invalid-request'] as const)('%s is handed on at once', async (code) => {
  const { asked, ended } = run({ a: [fail(code)], b: [answer] })
  expect(await ended).toMatchObject({ isOk: false, error: { code }, target: { model: 'a' } })
  expect(asked).toEqual(['a'])
})

test.for(['context-length', 'quota', 'unsupported', 'authentication', 'permission', 'not-found'] as const)(
  '%s goes to the next target and never back to the same',
  async (code) => {
    const { asked, ended } = run({ a: [fail(code)], b: [answer] })
    expect(await ended).toMatchObject({ isOk: true })
    expect(asked).toEqual(['a', 'b'])
  },
)

test('the last error is the one that is told', async () => {
  const { ended } = run({ a: [fail('quota')], b: [fail('context-length')] })
  expect(await ended).toMatchObject({ isOk: false, error: { code: 'context-length' } })
})

test('a target that cannot be asked such a thing does not hide what the one before it failed with', async () => {
  const { ended } = run({ a: [fail('quota')], b: [fail('invalid-request')] })
  expect(await ended).toMatchObject({ isOk: false, error: { code: 'quota' }, target: { model: 'a' } })
})

test('a stream without a first token is given up, and its target is not asked again', async () => {
  const { clock, asked, ended } = run({ a: [hang], b: [answer] })
  await clock.advance(1_000)
  expect(await ended).toMatchObject({ isOk: true, target: { model: 'b' } })
  expect(asked).toEqual(['a', 'b'])
})

test('pings hold off the stall, and not the limit of the first token', async () => {
  const pinging: Play = async (attempt) => {
    await undefined
    for (let at = 0; at < 5; at += 1) clock.schedule(at * 400, () => attempt.heard())
    return hang(attempt)
  }
  const { clock, ended, budget } = run({ a: [pinging], b: [answer] })
  await clock.advance(1_000)
  expect(await ended).toMatchObject({ isOk: true, target: { model: 'b' } })
  expect(budget.records[0]).toMatchObject({ durationMs: 1_000, error: { code: 'timeout' } })
})

test('a stream that began and went silent is given up after the stall', async () => {
  const silent: Play = (attempt) => {
    attempt.heard()
    return hang(attempt)
  }
  const { clock, ended, budget } = run({ a: [silent], b: [answer] })
  await clock.advance(500)
  expect(await ended).toMatchObject({ isOk: true, target: { model: 'b' } })
  expect(budget.records[0]).toMatchObject({ durationMs: 500, error: { code: 'timeout' } })
})

test('a whole answer may take its share of the time, and leaves the others theirs', async () => {
  const { clock, ended } = run({ a: [hang], b: [hang], c: [answer] }, { isStream: false })
  await clock.advance(10_000 / 3)
  await clock.advance(10_000 / 3)
  expect(await ended).toMatchObject({ isOk: true, target: { model: 'c' } })
})

test('an answer that is held and breaks off goes to the next target alone', async () => {
  const broken: Play = async (attempt) => {
    attempt.output()
    throw error('network')
  }
  const { asked, ended } = run({ a: [broken], b: [answer] })
  expect(await ended).toMatchObject({ isOk: true, target: { model: 'b' } })
  expect(asked).toEqual(['a', 'b'])
})

test('a stream that never ends is ended by the limit for everything, and no timer is left', async () => {
  const { clock, ended } = run({ a: [answer] })
  const end = await ended
  if (!end.isOk) return expect.unreachable()
  for (let at = 0; at < 30; at += 1) {
    expect(end.attempt.signal.aborted).toBe(at >= 25)
    await clock.advance(400)
    end.attempt.heard()
  }
  expect(end.attempt.signal.reason).toMatchObject({ code: 'timeout' })
  end.attempt.end({ error: end.attempt.signal.reason })
  expect(clock.pending()).toBe(0)
})

test('a caller that leaves ends the attempt and the waits with its own reason', async () => {
  const one = new AbortController()
  const hanging = run({ a: [hang], b: [answer] }, { signal: one.signal })
  await hanging.clock.advance(10)
  one.abort('left')
  expect(await hanging.ended).toMatchObject({ isOk: false, error: 'left' })
  expect(hanging.asked).toEqual(['a'])
  expect(hanging.health.get('p/a').failures).toBe(0)

  const two = new AbortController()
  const waiting = run({ a: [fail('network')], b: [answer] }, { signal: two.signal })
  await waiting.clock.advance(10)
  two.abort('left')
  expect(await waiting.ended).toMatchObject({ isOk: false, error: 'left' })
  expect(waiting.clock.pending()).toBe(0)
})

test('for any script of faults the budgets hold, and nobody is asked again after silence', async () => {
  const codes = ['rate-limit', 'overloaded', 'network', 'timeout', 'quota', 'content-filter'] as const
  const act = fc.oneof(
    fc.constantFrom(...codes).map((code) => ({ name: code as string, play: fail(code) })),
    fc.nat(8_000).map((ms) => ({ name: 'rate-limit', play: fail('rate-limit', ms) })),
    fc.constant({ name: 'hang', play: hang }),
    fc.constant({ name: 'answer', play: answer }),
  )
  const part = fc.array(act, { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.record({ a: part, b: part, c: part }), fc.boolean(), async (parts, isStream) => {
      const plays = Object.fromEntries(
        Object.entries(parts).map(([model, acts]) => [model, acts.map(({ play }) => play)]),
      )
      const { clock, ended, asked, budget } = run(plays, { isStream })
      let end: Awaited<typeof ended> | undefined
      ended.then((value) => {
        end = value
      })
      await clock.advance(10_000)
      expect(end).toBeDefined()
      if (end?.isOk) end.attempt.end()
      expect(clock.pending()).toBe(0)
      expect(budget.attempts).toBe(asked.length)
      for (const model of ['a', 'b', 'c'] as const) {
        const times = asked.filter((name) => name === model).length
        expect(times).toBeLessThanOrEqual(3)
        const acts = parts[model].map(({ name }) => name).slice(0, times)
        const silent = acts.findIndex((name) => name === 'hang' || name === 'timeout')
        if (silent >= 0) expect(times).toBe(silent + 1)
      }
      // In order, and never back.
      expect(asked).toEqual([...asked].sort())
    }),
    { numRuns: 300 },
  )
})
