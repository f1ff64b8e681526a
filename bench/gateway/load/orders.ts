import type { Expected } from './answer.ts'

/** What the generator is told to do. */
export type Order =
  /** Each of `connections` asks again as soon as it has its answer, for `ms`. */
  | { kind: 'closed'; port: number; request: string; expected: Expected; connections: number; ms: number }
  /** `rate` requests a second, whether the earlier ones have been answered or not, for `ms`. */
  | { kind: 'open'; port: number; request: string; expected: Expected; rate: number; ms: number }
  /** Opens streams until `count` are open, `rate` a second, and keeps them. */
  | { kind: 'hold'; port: number; request: string; count: number; rate: number }
  /** Ends the streams that `hold` opened. */
  | { kind: 'release' }

/** What came of an order. */
export interface LoadResult {
  /** Whole answers. */
  completed: number
  /** How many others there were, by what was wrong with them. */
  faults: Record<string, number>
  /** Bytes of the body of a whole answer, the last one. */
  bytes: number
  /** Milliseconds to the first byte of a body. */
  firstMs: { p50: number; p99: number }
  elapsedMs: number
  /** For `hold`: how many streams are open and have had an event. */
  open: number
}
