import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ProviderError } from '../errors.ts'
import { type AttemptOptions, startAttempt } from './attempt.ts'
import { createVirtualClock } from './test-support.ts'

const start = (over: Partial<AttemptOptions> = {}) => {
  const clock = createVirtualClock()
  const ends: (ProviderError | undefined)[] = []
  const attempt = startAttempt({
    target: 'p/m',
    clock,
    limits: { connectMs: 5, firstTokenMs: 200, stallMs: 100, totalMs: 1_000 },
    isStream: true,
    leftMs: 1_000,
    shareMs: 1_000,
    signal: undefined,
    trial: { succeeded() {}, failed() {}, dropped() {} },
    onEnd: (error) => ends.push(error),
    ...over,
  })
  const why = () => (attempt.signal.aborted ? String(attempt.signal.reason.message) : '')
  return { clock, attempt, ends, why }
}

test('an attempt without content ends at its limit, whatever signs of life there are', async () => {
  const { clock, attempt, why } = start()
  for (let time = 0; time < 199; time += 50) {
    attempt.heard()
    await clock.advance(time === 150 ? 49 : 50)
  }
  expect(why()).toBe('')
  await clock.advance(1)
  expect(why()).toBe('p/m sent no content within 200 ms.')
})

test('an answer that was heard and goes silent ends after the silence alone', async () => {
  const { clock, attempt, why } = start()
  attempt.output()
  for (let time = 0; time < 5; time += 1) {
    attempt.heard()
    await clock.advance(99)
  }
  expect(why()).toBe('')
  await clock.advance(1)
  expect(why()).toBe('p/m went silent: nothing came within 100 ms.')
})

test('silence does not count before the first sign of life, nor while the reader pauses', async () => {
  const { clock, attempt, why } = start()
  await clock.advance(150)
  attempt.output()
  attempt.heard()
  attempt.paused()
  await clock.advance(500)
  expect(why()).toBe('')
  attempt.heard()
  await clock.advance(100)
  expect(why()).toContain('went silent')
})

test('an answer that goes on ends with the time for everything', async () => {
  const { clock, attempt, why } = start({ leftMs: 250 })
  attempt.output()
  for (let time = 0; time < 4; time += 1) {
    attempt.heard()
    await clock.advance(62)
  }
  expect(why()).toBe('')
  await clock.advance(2)
  expect(why()).toBe('p/m did not end within 250 ms.')
})

test('an attempt that is over leaves no timer and no listener, and tells its end once', async () => {
  const caller = new AbortController()
  const { clock, attempt, ends, why } = start({ signal: caller.signal })
  attempt.heard()
  attempt.end()
  attempt.end({ error: 'late' })
  attempt.heard()
  attempt.output()
  caller.abort('gone')
  expect(clock.pending()).toBe(0)
  await clock.advance(10_000)
  expect([ends, why()]).toEqual([[undefined], ''])
})

test('an attempt expires at the first limit that its life reaches, and not before', async () => {
  const step = fc.record({
    wait: fc.integer({ min: 0, max: 130 }),
    does: fc.constantFrom('hear', 'pause', 'put'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { clock, attempt } = start({ leftMs: 400 })
      let [first, total, stall, now, expired] = [200, Infinity, Infinity, 0, Infinity]
      for (const { wait, does } of [...steps, { wait: 1_000, does: 'end' }]) {
        const by = Math.min(first, total, stall)
        if (expired === Infinity && by <= now + wait) expired = by
        for (let passed = 0; passed < wait; passed += 1) {
          await clock.advance(1)
          expect(attempt.signal.aborted).toBe(now + passed + 1 >= expired)
        }
        now += wait
        if (does === 'hear') attempt.heard()
        if (does === 'hear') stall = now + 100
        if (does === 'pause') attempt.paused()
        if (does === 'pause') stall = Infinity
        if (does !== 'put') continue
        attempt.output()
        first = Infinity
        total = 400
      }
    }),
    { numRuns: 50 },
  )
})

test.for(['the clock', 'the caller', 'abort'] as const)(
  'one is told of an abort by %s before the listeners are, and its own abort changes no reason',
  async (by) => {
    const caller = new AbortController()
    const { clock, attempt } = start({ signal: caller.signal })
    const told: unknown[] = []
    attempt.signal.addEventListener('abort', () => told.push('listener', attempt.signal.reason))
    attempt.beforeAbort((reason) => {
      told.push('first', reason, attempt.signal.aborted)
      attempt.abort(new Error('another'))
    })
    if (by === 'the clock') await clock.advance(200)
    else if (by === 'the caller') caller.abort('gone')
    else attempt.abort('gone')
    const { reason } = attempt.signal
    expect(told).toEqual(['first', reason, false, 'listener', reason])
    expect(by === 'the clock' ? reason.code : reason).toBe(by === 'the clock' ? 'timeout' : 'gone')
  },
)

test('whoever heeds an abort no more hears of none, and one that throws stops none', () => {
  const { attempt } = start()
  attempt.beforeAbort(() => {
    throw new Error('never')
  })
  attempt.beforeAbort(undefined)
  attempt.abort('gone')
  expect(attempt.signal.reason).toBe('gone')
  const other = start().attempt
  other.beforeAbort(() => {
    throw new Error('thrown')
  })
  expect(() => other.abort('gone')).toThrow('thrown')
  expect(other.signal.reason).toBe('gone')
})
