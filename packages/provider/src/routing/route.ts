import type { Timeouts } from '../resilience/timeouts.ts'
import type { Strategy } from './router.ts'
import type { Target } from './target.ts'

/**
 * What becomes of a streamed answer that breaks off after it has begun.
 * `error`: the caller is told, in its dialect, and has the half that came.
 * `continue`: a later target whose model takes a prefill writes on where it broke off.
 * `restart`: nothing is shown until the answer is whole; a break starts anew at the next target.
 * `rescue`: `continue` where every later target takes a prefill, else `restart`.
 */
export type OnBreak = 'error' | 'continue' | 'restart' | 'rescue'

export const onBreakModes: readonly OnBreak[] = ['error', 'continue', 'restart', 'rescue']

/** Says what a request is for, where its caller does not. */
export interface TaskRule {
  task: string
  /** A regular expression over the text of the last user message, without flags but `i` and `u`. */
  match: RegExp
}

/** What a model name of the operator's own stands for. */
export interface ModelRoute {
  targets: readonly Target[]
  /** @defaultValue `fallback` */
  strategy?: Strategy | undefined
  /** @defaultValue `error` */
  onBreak?: OnBreak | undefined
  timeouts?: Timeouts | undefined
  /** For the strategy `task`; the first rule that matches counts. The caller's own `metadata.task` wins. */
  taskRules?: readonly TaskRule[] | undefined
}
