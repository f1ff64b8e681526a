import type { Warning } from '../types/completion.ts'
import type { Attempt } from './attempt.ts'
import { toHeaderValue } from './headers.ts'

/** Most characters of the warnings' header. */
const maxWarningsLength = 1024

/** The headers of a whole answer of `length` bytes. `passed` are the upstream's, in a relay. */
export const toWholeHead = (
  attempt: Attempt,
  length: number,
  passed: Record<string, string> = {},
): Record<string, string> => {
  const head = addOwn(attempt, passed)
  head['content-type'] = 'application/json'
  head['content-length'] = String(length)
  return head
}

/** The headers of a streamed answer. */
export const toStreamHead = (
  attempt: Attempt,
  passed: Record<string, string> = {},
): Record<string, string> => {
  const head = addOwn(attempt, passed)
  head['content-type'] = 'text/event-stream; charset=utf-8'
  head['cache-control'] = 'no-cache'
  return head
}

/**
 * The headers of a stream that is begun before it is known who answers: no provider and no model, and the attempts that
 * were made by then.
 */
export const toEarlyHead = (attempts: number, warnings: readonly Warning[]): Record<string, string> => {
  const head: Record<string, string> = {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-gateway-attempts': String(attempts),
  }
  addWarnings(head, warnings)
  return head
}

/**
 * What was left out of a request, as `x-gateway-warnings`: the messages in ASCII, joined by `; ` and cut off behind the
 * last one that fits into 1 KiB, with `; …` written as `; ...` for the rest.
 */
export const addWarnings = (head: Record<string, string>, warnings: readonly Warning[]): void => {
  if (warnings.length === 0) return
  let value = ''
  for (const { message } of warnings) {
    const next = toHeaderValue(toWireWords(message.slice(0, maxWarningsLength)))
    const joined = value === '' ? next : `${value}; ${next}`
    if (joined.length > maxWarningsLength - 5) {
      value = value === '' ? `${next.slice(0, maxWarningsLength - 5)}...` : `${value}; ...`
      break
    }
    value = joined
  }
  head['x-gateway-warnings'] = value
}

// The options of the vocabulary that warnings name; clients know them in snake case.
const options =
  /\b(?:maxTokens|topP|topK|stopSequences|toolChoice|responseFormat|parallelToolCalls|budgetTokens|inputSchema)\b/g

const toWireWords = (message: string): string =>
  message.replaceAll(options, (name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))

const addOwn = (attempt: Attempt, head: Record<string, string>): Record<string, string> => {
  head['x-gateway-provider'] = toHeaderValue(attempt.provider.name)
  head['x-gateway-model'] = toHeaderValue(attempt.model)
  head['x-gateway-attempts'] = String(attempt.number)
  return head
}
