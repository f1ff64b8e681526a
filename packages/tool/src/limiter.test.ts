import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Admission, createLimiter } from './limiter.ts'

const limits = { concurrentPerTenant: 2, concurrentTotal: 3, queuedPerTenant: 2 }

/** Lets everything that can happen without time passing happen. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

const releaseOf = (admission: Admission): (() => void) => {
  if (admission.kind !== 'admitted') throw new Error(`was ${admission.kind}`)
  return admission.release
}

test('admits up to the limit of a tenant and of all, and then lets wait', async () => {
  const limiter = createLimiter(limits)
  const admitted: string[] = []
  const admit = (tenant: string, label: string) =>
    limiter.admit(tenant).then((admission) => {
      admitted.push(label)
      return releaseOf(admission)
    })
  const first = await admit('a', 'a1')
  await admit('a', 'a2')
  const third = admit('a', 'a3')
  await admit('b', 'b1')
  const fourth = admit('b', 'b2')
  await settle()
  expect(admitted).toEqual(['a1', 'a2', 'b1'])
  first()
  await third
  expect(admitted).toEqual(['a1', 'a2', 'b1', 'a3'])
  ;(await third)()
  await fourth
  expect(admitted).toEqual(['a1', 'a2', 'b1', 'a3', 'b2'])
})

test('a tenant at its limit does not hold up the others', async () => {
  const limiter = createLimiter({ ...limits, concurrentTotal: 10 })
  await limiter.admit('a')
  await limiter.admit('a')
  limiter.admit('a')
  expect((await limiter.admit('b')).kind).toBe('admitted')
})

test('refuses the call that would make the queue of its tenant too long', async () => {
  const limiter = createLimiter(limits)
  for (let call = 0; call < 4; call += 1) limiter.admit('a')
  expect(await limiter.admit('a')).toEqual({ kind: 'full' })
  expect((await limiter.admit('b')).kind).toBe('admitted')
})

test('a call that is aborted while it waits leaves the queue', async () => {
  const limiter = createLimiter({ concurrentPerTenant: 1, concurrentTotal: 1, queuedPerTenant: 1 })
  const release = releaseOf(await limiter.admit('a'))
  const controller = new AbortController()
  const waiting = limiter.admit('a', controller.signal)
  controller.abort()
  expect(await waiting).toEqual({ kind: 'aborted' })
  const next = limiter.admit('a')
  release()
  expect((await next).kind).toBe('admitted')
  expect(await limiter.admit('a', AbortSignal.abort())).toEqual({ kind: 'aborted' })
})

test('an abort after the admission changes nothing', async () => {
  const limiter = createLimiter({ concurrentPerTenant: 1, concurrentTotal: 1, queuedPerTenant: 5 })
  const release = releaseOf(await limiter.admit('a'))
  const controller = new AbortController()
  const second = limiter.admit('a', controller.signal)
  const third = limiter.admit('a')
  release()
  const releaseSecond = releaseOf(await second)
  controller.abort()
  releaseSecond()
  expect((await third).kind).toBe('admitted')
})

test('releasing twice frees one place only', async () => {
  const limiter = createLimiter({ concurrentPerTenant: 1, concurrentTotal: 1, queuedPerTenant: 5 })
  const release = releaseOf(await limiter.admit('a'))
  const order: number[] = []
  const second = limiter.admit('a').then(() => order.push(2))
  limiter.admit('a').then(() => order.push(3))
  release()
  release()
  await second
  await settle()
  expect(order).toEqual([2])
})

test('over any run of calls the limits hold, order is kept, and everyone is served', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ tenant: fc.constantFrom('a', 'b', 'c'), turns: fc.nat(3) }), { maxLength: 30 }),
      async (calls) => {
        const limiter = createLimiter({ ...limits, queuedPerTenant: 100 })
        const running: string[] = []
        const started = new Map<string, number[]>()
        await Promise.all(
          calls.map(async ({ tenant, turns }, index) => {
            const release = releaseOf(await limiter.admit(tenant))
            running.push(tenant)
            started.set(tenant, [...(started.get(tenant) ?? []), index])
            expect(running.length).toBeLessThanOrEqual(3)
            expect(running.filter((other) => other === tenant).length).toBeLessThanOrEqual(2)
            for (let turn = 0; turn < turns; turn += 1) await settle()
            running.splice(running.indexOf(tenant), 1)
            release()
          }),
        )
        for (const order of started.values()) expect(order).toEqual([...order].sort((a, b) => a - b))
        expect([...started.values()].flat()).toHaveLength(calls.length)
      },
    ),
    { numRuns: 50 },
  )
})
