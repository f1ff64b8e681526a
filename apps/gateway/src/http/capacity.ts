import { type ApiError, unavailable } from './api-error.ts'

/** How much may run at once. */
export interface CapacityLimits {
  turns: number
  turnsPerTenant: number
  streams: number
  streamsPerTenant: number
  streamsPerSession: number
  /** Under `/v1`, streamed and whole. */
  requests: number
  requestsPerTenant: number
}

/** Enough for one machine, and far from what would hurt it. */
export const defaultCapacity: CapacityLimits = {
  turns: 512,
  turnsPerTenant: 256,
  streams: 8192,
  streamsPerTenant: 4096,
  streamsPerSession: 16,
  requests: 16_384,
  requestsPerTenant: 8192,
}

/** Counts the requests that are open, in all and by tenant, and refuses what would be too many. */
export interface Seats {
  /** Each is followed by one `leave`. @throws ApiError 503 */
  enter(tenant: string): void
  leave(tenant: string): void
}

/** Seats for requests. What a gauge does under names is done here without any: each request comes through it. */
export const createSeats = ({
  requests,
  requestsPerTenant,
}: Pick<CapacityLimits, 'requests' | 'requestsPerTenant'>): Seats => {
  const byTenant = new Map<string, number>()
  let all = 0
  return {
    enter(tenant) {
      const own = byTenant.get(tenant) ?? 0
      if (all >= requests) throw tooMany('requests', requests, 'too_many_requests')
      if (own >= requestsPerTenant) throw tooMany('requests', requestsPerTenant, 'too_many_requests')
      all += 1
      byTenant.set(tenant, own + 1)
    },
    leave(tenant) {
      const own = byTenant.get(tenant) ?? 0
      all -= 1
      if (own > 1) byTenant.set(tenant, own - 1)
      else byTenant.delete(tenant)
    },
  }
}

const tooMany = (what: string, limit: number, code: string): ApiError =>
  unavailable(`Too many ${what} are open; at most ${limit}.`, code)

/** Counts what is open under names, and refuses what would be too many. */
export interface Gauge {
  /** @throws ApiError 503. Call the result, once or more, when it is over. */
  enter(names: readonly { name: string; limit: number }[]): () => void
  count(name: string): number
}

/** A gauge of one kind of thing; `code` names it in errors. */
export const createGauge = (code: string, what: string): Gauge => {
  const counts = new Map<string, number>()
  const add = (name: string, by: number) => {
    const count = (counts.get(name) ?? 0) + by
    if (count === 0) counts.delete(name)
    else counts.set(name, count)
  }
  return {
    enter(names) {
      for (const { name, limit } of names) {
        if ((counts.get(name) ?? 0) >= limit) throw tooMany(what, limit, code)
      }
      for (const { name } of names) add(name, 1)
      let open = true
      return () => {
        if (open) for (const { name } of names) add(name, -1)
        open = false
      }
    },
    count: (name) => counts.get(name) ?? 0,
  }
}
