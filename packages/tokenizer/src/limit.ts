/** A count of a text that arrives in pieces, with a bound that later text cannot undo. */
export interface BoundedCount {
  push(text: string): void
  /** No later count is lower. */
  atLeast(): number
  count(): number
}

/** Characters between two looks at the bound. */
const sliceLength = 8_192

/** Whether a text has at most `max` tokens; reads a few thousand characters beyond the place where it has more. */
export const isWithin = (counting: BoundedCount, text: string, max: number): boolean => {
  for (let at = 0; at < text.length; at += sliceLength) {
    counting.push(text.slice(at, at + sliceLength))
    if (counting.atLeast() > max) return false
  }
  return counting.count() <= max
}
