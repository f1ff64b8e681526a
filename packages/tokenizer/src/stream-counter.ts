import { quote, TokenizerError } from './errors.ts'
import { startRunningCount } from './running.ts'
import type { Tokenizer } from './types.ts'
import type { TokenUsage } from './usage.ts'

/** What a stream has used so far. */
export interface StreamUsage extends TokenUsage {
  /** True until the provider's own figures for input and output are in, and again when more text came after them. */
  estimated: boolean
}

/** Counts the tokens of an answer while it is streamed. */
export interface StreamCounter {
  /** Adds text of the answer. */
  push(text: string): void
  /** Says what the request was counted to be; the provider's figure replaces it. */
  setInputTokens(tokens: number): void
  /** Takes the provider's own figures, those that it has sent; a later figure replaces an earlier one. */
  setUsage(usage: { inputTokens?: number | undefined; outputTokens?: number | undefined }): void
  /** The usage at this moment: of the text so far, as `count` would say, or as the provider says. */
  usage(): StreamUsage
  /** The usage of the whole answer, after its last text. May be called again. */
  complete(): StreamUsage
}

const checked = (tokens: number): number => {
  if (Number.isSafeInteger(tokens) && tokens >= 0) return tokens
  throw new TokenizerError(`A token count is ${quote(tokens)}; it must be an integer from 0.`, {
    code: 'invalid-input',
  })
}

/**
 * Creates the counter of one answer. The work is linear in the whole text however it is cut and however often
 * somebody looks, and no figure lags behind the text.
 *
 * @example
 * const counter = createStreamCounter(await getTokenizer('gpt-4o'))
 * counter.setInputTokens(12)
 * counter.push('Hello')
 * counter.usage() // { inputTokens: 12, outputTokens: 1, totalTokens: 13, estimated: true }
 */
export const createStreamCounter = (tokenizer: Tokenizer): StreamCounter => {
  const running = startRunningCount(tokenizer)
  let countedInput = 0
  let reportedInput: number | undefined
  let reportedOutput: number | undefined
  let isReportCurrent = false

  const outputTokens = (): number => {
    if (reportedOutput === undefined) return running.count()
    // Providers report early (Anthropic with the first event): text after a report may have outgrown it.
    return isReportCurrent ? reportedOutput : Math.max(reportedOutput, running.count())
  }

  const usage = (): StreamUsage => {
    const inputTokens = reportedInput ?? countedInput
    const output = outputTokens()
    return {
      inputTokens,
      outputTokens: output,
      totalTokens: inputTokens + output,
      estimated: reportedInput === undefined || !isReportCurrent,
    }
  }

  return {
    push(text) {
      if (text === '') return
      running.push(text)
      isReportCurrent = false
    },
    setInputTokens(tokens) {
      countedInput = checked(tokens)
    },
    setUsage(reported) {
      if (reported.inputTokens !== undefined) reportedInput = checked(reported.inputTokens)
      if (reported.outputTokens !== undefined) {
        reportedOutput = checked(reported.outputTokens)
        isReportCurrent = true
      }
    },
    usage,
    complete: usage,
  }
}
