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

/** Characters counted at a stretch: a millisecond or two for text, some ten for the worst input. */
const sliceLength = 4_096
/** The first stretch; each next one is twice as long. What a tokenizer prepares when it is first used costs time too. */
const firstSliceLength = 512

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
  let length = firstSliceLength
  for (let at = 0; at < text.length; at += length) {
    if (at > 0) {
      await pause()
      signal?.throwIfAborted()
      length = Math.min(length * 2, sliceLength)
    }
    running.push(text.slice(at, at + length))
  }
  return running.count()
}
