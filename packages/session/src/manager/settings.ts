import type { CreateSessionOptions, UpdateSessionOptions } from '../manager-types.ts'
import type { JsonRecord } from '../types.ts'

/** The data of a new session's first event. */
export function createdData(options: CreateSessionOptions, defaultTtlMs: number): JsonRecord {
  const { model, system, tools, metadata = {}, ttlMs = defaultTtlMs } = options
  return { model, system, tools: tools && [...tools], metadata, ttlMs }
}

/** The data of an update; undefined when it changes nothing. */
export function updatedData(options: UpdateSessionOptions): JsonRecord | undefined {
  const { model, system, tools, metadata, ttlMs } = options
  const data: JsonRecord = { model, system, tools: tools && [...tools], metadata, ttlMs }
  return Object.values(data).some((value) => value !== undefined) ? data : undefined
}
