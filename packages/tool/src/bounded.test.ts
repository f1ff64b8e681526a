import { expect, test } from 'vitest'
import { runBounded } from './bounded.ts'

const never = () => new Promise<never>(() => {})

test('hands over a value, and errors whether thrown or rejected', async () => {
  const error = new Error('boom')
  expect(await runBounded(() => 1, { timeoutMs: 1000 })).toEqual({ kind: 'value', value: 1 })
  expect(await runBounded(async () => 2, { timeoutMs: 1000 })).toEqual({ kind: 'value', value: 2 })
  const thrown = runBounded(
    () => {
      throw error
    },
    { timeoutMs: 1000 },
  )
  expect(await thrown).toEqual({ kind: 'error', error })
  expect(await runBounded(() => Promise.reject(error), { timeoutMs: 1000 })).toEqual({ kind: 'error', error })
})

test('ends when the time is over, also for work that ignores its signal', async () => {
  let reason: unknown
  const work = (signal: AbortSignal) => {
    signal.addEventListener('abort', () => {
      reason = signal.reason
    })
    return never()
  }
  expect(await runBounded(work, { timeoutMs: 5 })).toEqual({ kind: 'timeout' })
  expect(reason).toMatchObject({ name: 'TimeoutError' })
})

test('ends at once when the caller aborts, and hands on the reason', async () => {
  const caller = new AbortController()
  const reason = new Error('the client left')
  let seen: unknown
  const outcome = runBounded(
    (signal) => {
      signal.addEventListener('abort', () => {
        seen = signal.reason
      })
      return never()
    },
    { timeoutMs: 60_000, signal: caller.signal },
  )
  caller.abort(reason)
  expect(await outcome).toEqual({ kind: 'aborted' })
  expect(seen).toBe(reason)
})

test('does not start for a caller who is gone already', async () => {
  let started = false
  const work = () => {
    started = true
  }
  expect(await runBounded(work, { timeoutMs: 1000, signal: AbortSignal.abort() })).toEqual({
    kind: 'aborted',
  })
  expect(started).toBe(false)
})

test('the end is the abort, not the rejection that the abort causes', async () => {
  const caller = new AbortController()
  const work = (signal: AbortSignal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  const outcome = runBounded(work, { timeoutMs: 60_000, signal: caller.signal })
  caller.abort()
  expect(await outcome).toEqual({ kind: 'aborted' })
})

test('leaves neither a timer nor a listener behind', async () => {
  const added: string[] = []
  const { signal } = new AbortController()
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    added.push(args[0])
    addEventListener.apply(signal, args)
  }
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    added.splice(added.indexOf(args[0]), 1)
    removeEventListener.apply(signal, args)
  }
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  for (let round = 0; round < 20; round += 1) await runBounded(() => 1, { timeoutMs: 600_000, signal })
  expect(added).toEqual([])
  expect(timers()).toBeLessThanOrEqual(before)
})
