import type { ModelFamily } from '../models.ts'
import type { RunningCount } from '../types.ts'
import { createFeatureFold } from './features.ts'
import { weightsOf } from './weights.ts'

/** Counts text without a rank table. */
export interface Estimate {
  count(text: string): number
  startCount(): RunningCount
}

/** Any text has at least a token. */
const round = (tokens: number): number => Math.max(1, Math.round(tokens))

/** Creates the estimate of a family; linear in the text, and the same whether a text comes whole or in pieces. */
export const createEstimate = (family: ModelFamily): Estimate => {
  const weights = weightsOf(family)
  const startCount = (): RunningCount => {
    const fold = createFeatureFold()
    let empty = true
    return {
      push(text) {
        if (text === '') return
        empty = false
        fold.push(text)
      },
      count: () => (empty ? 0 : round(fold.dot(weights))),
    }
  }
  return {
    startCount,
    count(text) {
      const running = startCount()
      running.push(text)
      return running.count()
    },
  }
}
