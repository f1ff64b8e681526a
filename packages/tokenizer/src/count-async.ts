import { overheadsOf } from './messages/overheads.ts'
import { requestTokens } from './messages/request.ts'
import { detectModel } from './models.ts'
import { hasRunningCount, startRunningCount } from './running.ts'
import type { Tokenizer } from './types.ts'

/** How `countAsync` lets others run. */
export interface CountAsyncOptions {
  /** Ends the count; its reason is thrown as it is. */
  signal?: AbortSignal | undefined
  /**
   * Called between two slices of the input; other work runs until the promise settles.
   * @defaultValue a timer of 0 ms
   */
  pause?: (() => Promise<void>) | undefined
}

/** Characters counted at a stretch: a millisecond or two for text, some ten for the worst input. */
const sliceLength = 4_096
/** The first stretch; each next one is twice as long. What a tokenizer prepares when it is first used costs time too. */
const firstSliceLength = 512

/** What starting and ending a text costs, in characters. */
const perText = 16

const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** The texts of a request that are counted, and what it costs besides: the sum of all is what `countRequest` says. */
const partsOf = (model: string, request: object): { texts: string[]; besides: number } => {
  const info = detectModel(model)
  const texts: string[] = []
  const count = (text: string): number => {
    if (text === '') return 0
    texts.push(text)
    return 1
  }
  const tokens = requestTokens({ model: info, overheads: overheadsOf(info.family), count }, request)
  return { texts, besides: tokens - texts.length }
}

/**
 * Counts a large text, or a whole request, without holding up the event loop: the same number as `count`, or as
 * `countRequest`. Worth it past some 64 KB. A request is first searched for its texts, at a stretch: some 10 ms per MB.
 * A tokenizer that is not of this package is asked once, for the whole.
 *
 * Throws a TokenizerError `invalid-input` as `countRequest` does.
 */
export const countAsync = async (
  tokenizer: Tokenizer,
  input: string | object,
  { signal, pause = nextTask }: CountAsyncOptions = {},
): Promise<number> => {
  signal?.throwIfAborted()
  if (typeof input !== 'string' && !hasRunningCount(tokenizer)) return tokenizer.countRequest(input)
  const { texts, besides } =
    typeof input === 'string' ? { texts: [input], besides: 0 } : partsOf(tokenizer.model, input)
  let tokens = besides
  let length = firstSliceLength
  /** Characters that may still be counted before the next pause, of this text or of the next one. */
  let left = length
  for (const text of texts) {
    const running = startRunningCount(tokenizer)
    for (let at = 0; at < text.length; ) {
      if (left <= 0) {
        await pause()
        signal?.throwIfAborted()
        length = Math.min(length * 2, sliceLength)
        left = length
      }
      running.push(text.slice(at, at + left))
      const pushed = Math.min(left, text.length - at)
      at += pushed
      left -= pushed
    }
    // A short text costs more than its characters.
    left -= perText
    tokens += running.count()
  }
  return tokens
}
