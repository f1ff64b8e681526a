import type { ModelTokenizer, RunningCount, Tokenizer } from './types.ts'

/** Whether a tokenizer is of this package, and counts on. */
export const hasRunningCount = (
  tokenizer: Tokenizer,
): tokenizer is Tokenizer & Pick<ModelTokenizer, 'startCount'> =>
  'startCount' in tokenizer && typeof tokenizer.startCount === 'function'

/**
 * Starts a running count with any tokenizer. Those of this package count on; another one is asked for the whole text
 * when somebody looks, and only if the text has grown.
 */
export const startRunningCount = (tokenizer: Tokenizer): RunningCount => {
  if (hasRunningCount(tokenizer)) return tokenizer.startCount()
  let text = ''
  let counted = 0
  let countedLength = 0
  return {
    push(more) {
      text += more
    },
    count() {
      if (countedLength !== text.length) {
        counted = tokenizer.count(text)
        countedLength = text.length
      }
      return counted
    },
  }
}
