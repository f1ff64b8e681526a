import { isRecord } from '../encode.ts'
import type { Json, JsonRecord, SessionMessage, SessionUsage } from '../types.ts'

// A log outlives the version that wrote it, so that folds take from an event's data what has the expected form and skip
// the rest.

/** A usage of the log; what is missing counts 0. */
export function readUsage(value: Json | undefined): SessionUsage {
  const data: JsonRecord = isRecord(value) ? value : {}
  const count = (field: Json | undefined) => readNumber(field) ?? 0
  return {
    inputTokens: count(data.inputTokens),
    outputTokens: count(data.outputTokens),
    cacheReadTokens: count(data.cacheReadTokens),
    cacheWriteTokens: count(data.cacheWriteTokens),
    reasoningTokens: count(data.reasoningTokens),
  }
}

/** A number, or undefined. */
export const readNumber = (value: Json | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined

/** A text, or undefined. */
export const readText = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

/** A list of texts, or undefined. */
export const readTexts = (value: Json | undefined): string[] | undefined =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined

/** The error of a failed turn, or undefined. */
export function readError(
  value: Json | undefined,
): { type: string; code: string; message: string } | undefined {
  if (!isRecord(value)) return undefined
  return {
    type: readText(value.type) ?? 'error',
    code: readText(value.code) ?? 'unknown',
    message: readText(value.message) ?? '',
  }
}

/** True for what has the form of a message; which vocabulary it is in, only the owner of the log knows. */
export const isMessage = <M extends SessionMessage>(value: unknown): value is M =>
  isRecord(value) &&
  typeof value.role === 'string' &&
  (typeof value.content === 'string' || Array.isArray(value.content))
