/** A place to run in; `release` must be called once the call is over, and may be called twice. */
export type Admission = { kind: 'admitted'; release: () => void } | { kind: 'full' } | { kind: 'aborted' }

/** Hands out places to run in. */
export interface Limiter {
  /** Waits for a place: first come, first served among those whose tenant has one left. Never rejects. */
  admit(tenant: string, signal?: AbortSignal): Promise<Admission>
}

interface Waiter {
  tenant: string
  start(): void
}

/** Caps how many calls run at once, for each tenant and altogether, and how many of a tenant wait. */
export const createLimiter = (limits: {
  concurrentPerTenant: number
  concurrentTotal: number
  queuedPerTenant: number
}): Limiter => {
  // Only tenants with calls are kept, so that the map is bounded by what runs.
  const running = new Map<string, number>()
  const queue: Waiter[] = []
  let total = 0

  const hasPlace = (tenant: string): boolean =>
    total < limits.concurrentTotal && (running.get(tenant) ?? 0) < limits.concurrentPerTenant

  const take = (tenant: string): Admission => {
    total += 1
    running.set(tenant, (running.get(tenant) ?? 0) + 1)
    let released = false
    const release = (): void => {
      if (released) return
      released = true
      total -= 1
      const left = (running.get(tenant) ?? 1) - 1
      if (left === 0) running.delete(tenant)
      else running.set(tenant, left)
      startNext()
    }
    return { kind: 'admitted', release }
  }

  // One place was freed, so at most one waiter can start.
  const startNext = (): void => {
    const index = queue.findIndex((waiter) => hasPlace(waiter.tenant))
    if (index >= 0) queue.splice(index, 1)[0]?.start()
  }

  const wait = (tenant: string, signal: AbortSignal | undefined): Promise<Admission> =>
    new Promise((resolve) => {
      const leave = (): void => {
        queue.splice(queue.indexOf(waiter), 1)
        resolve({ kind: 'aborted' })
      }
      const waiter: Waiter = {
        tenant,
        start: () => {
          signal?.removeEventListener('abort', leave)
          resolve(take(tenant))
        },
      }
      signal?.addEventListener('abort', leave, { once: true })
      queue.push(waiter)
    })

  return {
    admit: async (tenant, signal) => {
      if (signal?.aborted) return { kind: 'aborted' }
      if (hasPlace(tenant)) return take(tenant)
      const waiting = queue.filter((waiter) => waiter.tenant === tenant).length
      return waiting >= limits.queuedPerTenant ? { kind: 'full' } : wait(tenant, signal)
    },
  }
}
