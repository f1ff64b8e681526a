import { startRunningCount } from './running.ts'
import type { Tokenizer } from './types.ts'

/** How `countAsync` lets others run. */
export interface CountAsyncOptions {
  /** Ends the count; its reason is thrown as it is. */
  signal?: AbortSignal | undefined
  /**
   * Called between two slices of the text; other work runs until the promise settles.
   * @defaultValue a timer of 0 ms
   */
  pause?: (() => Promise<void>) | undefined
}

/** Characters counted at a stretch: a millisecond or two, up to about 15 for the worst input before the code is warm. */
const sliceLength = 4_096

const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/**
 * Counts a large text without holding up the event loop, the same number as `count`. Worth it past some 64 KB.
 * A tokenizer that is not of this package is asked once, for the whole text.
 */
export const countAsync = async (
  tokenizer: Tokenizer,
  text: string,
  { signal, pause = nextTask }: CountAsyncOptions = {},
): Promise<number> => {
  signal?.throwIfAborted()
  const running = startRunningCount(tokenizer)
  for (let at = 0; at < text.length; at += sliceLength) {
    if (at > 0) {
      await pause()
      signal?.throwIfAborted()
    }
    running.push(text.slice(at, at + sliceLength))
  }
  return running.count()
}
