import type { Warning } from '../types/completion.ts'

/** Gathers what a translation leaves out. */
export interface Warnings {
  /** Says it once: a second warning of the same words tells nobody more. */
  add(code: Warning['code'], message: string): void
  list(): Warning[]
}

/** An empty gathering. */
export const createWarnings = (): Warnings => {
  const found = new Map<string, Warning>()
  return {
    add(code, message) {
      if (!found.has(message)) found.set(message, { code, message })
    },
    list: () => [...found.values()],
  }
}

/** A value of a caller's as it may stand in a message: quoted, and short. */
export const quote = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text
}
