import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProviderError, type ProviderErrorCode } from '../errors.ts'
import { createHealthBook, type HealthBook } from './health.ts'
import { createVirtualClock } from './test-support.ts'

const error = (code: ProviderErrorCode, retryAfterMs?: number) =>
  new ProviderError('x', { code, retryAfterMs })
const outage = error('overloaded')

const setUp = () => {
  const clock = createVirtualClock()
  const book = createHealthBook(clock)
  const failTimes = (times: number) => {
    for (let time = 0; time < times; time += 1) book.begin('t').failed(outage)
  }
  return { clock, book, failTimes, state: () => book.get('t').state }
}

test('five failures within ten seconds open a target, for three seconds', async () => {
  const { clock, book, failTimes, state } = setUp()
  failTimes(4)
  expect(book.get('t')).toMatchObject({ state: 'closed', failures: 4 })
  failTimes(1)
  expect(book.get('t')).toMatchObject({ state: 'open', coolDownMs: 3_000 })
  await clock.advance(2_999)
  expect(state()).toBe('open')
  await clock.advance(1)
  expect(state()).toBe('half-open')
  expect(book.get('other').state).toBe('closed')
})

test('failures that lie further apart open nothing: the window slides', async () => {
  const { clock, failTimes, state } = setUp()
  failTimes(4)
  await clock.advance(10_000)
  failTimes(4)
  expect(state()).toBe('closed')
})

test('a probe that succeeds closes the target, and the count begins anew', async () => {
  const { clock, book, failTimes, state } = setUp()
  failTimes(5)
  await clock.advance(3_000)
  const probe = book.begin('t')
  expect(state()).toBe('open')
  probe.succeeded()
  expect(book.get('t')).toMatchObject({ state: 'closed', failures: 0 })
  failTimes(4)
  expect(state()).toBe('closed')
})

test('one failed probe opens it again', async () => {
  const { clock, book, failTimes, state } = setUp()
  failTimes(5)
  await clock.advance(3_000)
  book.begin('t').failed(outage)
  expect(book.get('t')).toMatchObject({ state: 'open', coolDownMs: 3_000 })
  await clock.advance(3_000)
  expect(state()).toBe('half-open')
})

test('a probe whose caller leaves lets the next call be the probe', async () => {
  const { clock, book, failTimes, state } = setUp()
  failTimes(5)
  await clock.advance(3_000)
  book.begin('t').dropped()
  expect(state()).toBe('half-open')
})

test('a probe that fails by the fault of its caller closes it: the target was there to say so', async () => {
  const { clock, book, failTimes, state } = setUp()
  failTimes(5)
  await clock.advance(3_000)
  book.begin('t').failed(error('invalid-request'))
  expect(state()).toBe('closed')
})

test.for([
  'invalid-request',
  'content-filter',
  'context-length',
  'not-found',
  'unsupported',
  'permission',
] as const)('%s is no failure of the target', (code) => {
  const { book, state } = setUp()
  for (let time = 0; time < 20; time += 1) book.begin('t').failed(error(code))
  expect(state()).toBe('closed')
})

test('callers that leave are no failures', () => {
  const { book, state } = setUp()
  for (let time = 0; time < 20; time += 1) book.begin('t').dropped()
  expect(state()).toBe('closed')
})

test.for(['authentication', 'quota'] as const)('%s opens it at once, and is named', async (code) => {
  const { clock, book } = setUp()
  book.begin('t').failed(error(code))
  expect(book.get('t')).toMatchObject({ state: 'open', alarm: code })
  await clock.advance(3_000)
  book.begin('t').succeeded()
  expect(book.get('t')).toMatchObject({ state: 'closed', alarm: undefined })
})

test('it stays open as long as the upstream asked, up to five minutes', () => {
  const { book } = setUp()
  book.begin('t').failed(error('rate-limit', 20_000))
  expect(book.get('t')).toMatchObject({ state: 'open', coolDownMs: 20_000 })
  book.begin('u').failed(error('rate-limit', 86_400_000))
  expect(book.get('u').coolDownMs).toBe(300_000)
})

test('the time to the first token is a mean in which old answers fade', () => {
  const { book } = setUp()
  book.begin('t').succeeded(100)
  expect(book.get('t').firstTokenMs).toBe(100)
  book.begin('t').succeeded(200)
  expect(book.get('t').firstTokenMs).toBeCloseTo(120)
  book.begin('t').succeeded()
  expect(book.get('t').firstTokenMs).toBeCloseTo(120)
})

test('nothing is kept of a name that no target has for its length', () => {
  const { book } = setUp()
  book.begin('x'.repeat(513)).failed(outage)
  book.begin('x'.repeat(512)).failed(outage)
  expect(book.targets()).toEqual(['x'.repeat(512)])
})

test('only the first end of a call counts', () => {
  const { book, state } = setUp()
  const trial = book.begin('t')
  trial.dropped()
  for (let time = 0; time < 5; time += 1) trial.failed(outage)
  expect(state()).toBe('closed')
})

/** The rules once more, told as a history of what happened instead of as a state. */
const createReference = () => {
  const failures: number[] = []
  let openedAt: number | undefined
  let probe: number | undefined
  let calls = 0
  const stateAt = (now: number) => {
    if (openedAt === undefined) return 'closed'
    return now < openedAt + 3_000 || probe !== undefined ? 'open' : 'half-open'
  }
  return {
    stateAt,
    begin(now: number) {
      calls += 1
      if (stateAt(now) === 'half-open') probe = calls
      return calls
    },
    end(call: number, how: 'succeeded' | 'failed' | 'dropped', now: number) {
      const wasProbe = probe === call
      if (wasProbe) probe = undefined
      if (how === 'dropped') return
      if (how === 'succeeded') {
        openedAt = undefined
        failures.length = 0
        return
      }
      failures.push(now)
      const inWindow = failures.filter((at) => at > now - 10_000).length
      if (!wasProbe && inWindow < 5) return
      openedAt = now
      failures.length = 0
    },
  }
}

test('any history of calls leads to the state that the rules say', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('begin' as const) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 500, 3_000, 9_999) }),
    fc.record({
      do: fc.constant('end' as const),
      which: fc.nat(5),
      how: fc.constantFrom('succeeded' as const, 'failed' as const, 'failed' as const, 'dropped' as const),
    }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { clock, book, state } = setUp()
      const reference = createReference()
      const running: { trial: ReturnType<HealthBook['begin']>; call: number }[] = []
      for (const { do: what, ...rest } of steps) {
        if (what === 'begin') running.push({ trial: book.begin('t'), call: reference.begin(clock.now()) })
        if ('ms' in rest) await clock.advance(rest.ms)
        if ('how' in rest) {
          const [ended] = running.splice(rest.which, 1)
          if (ended === undefined) continue
          if (rest.how === 'failed') ended.trial.failed(outage)
          else ended.trial[rest.how]()
          reference.end(ended.call, rest.how, clock.now())
        }
        expect(state()).toBe(reference.stateAt(clock.now()))
      }
    }),
    { numRuns: 500 },
  )
})
