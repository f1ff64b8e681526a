import type { Dialect } from '../dialects/dialect.ts'
import { isJsonObject, parseJson } from '../dialects/json.ts'
import { ProviderError } from '../errors.ts'
import type { JsonValue } from '../types/json.ts'
import { readBody } from './read-body.ts'
import type { UpstreamAnswer } from './upstream.ts'

/** Most bytes of an error's body that are read; the rest is left. */
const maxErrorBytes = 65_536
/** Most bytes of a whole answer. */
const maxAnswerBytes = 33_554_432

/** What the reading of an answer needs to know. */
export interface AnswerContext {
  provider: string
  dialect: Dialect
  now: () => number
}

/** Throws the error that a status other than 2xx stands for. */
export const requireSuccess = async (answer: UpstreamAnswer, context: AnswerContext): Promise<void> => {
  if (answer.status >= 200 && answer.status < 300) return
  const { text } = await readBody(answer.body, maxErrorBytes)
  throw context.dialect.decodeError({
    provider: context.provider,
    status: answer.status,
    headers: answer.headers,
    body: text,
    now: context.now(),
  })
}

/** The JSON of a good answer. ProviderError `bad-response` for anything else, and for too much of it. */
export const readJson = async (answer: UpstreamAnswer, { provider }: AnswerContext): Promise<JsonValue> => {
  const { text, isTruncated } = await readBody(answer.body, maxAnswerBytes)
  if (isTruncated)
    throw bad(`The upstream's answer is larger than ${maxAnswerBytes} bytes.`, provider, answer)
  const value = parseJson(text)
  if (value === undefined)
    throw bad(`The upstream answered with ${describe(answer, text)}.`, provider, answer)
  return value
}

/**
 * Makes sure that a good answer is an event stream. One without a content type is given the chance to be: its terminal
 * marker decides. An error in JSON under a good status is that error.
 */
export const requireEventStream = async (answer: UpstreamAnswer, context: AnswerContext): Promise<void> => {
  const type = answer.headers['content-type'] ?? ''
  if (type === '' || /^text\/event-stream\b/i.test(type)) return
  const { text } = await readBody(answer.body, maxErrorBytes)
  const value = parseJson(text)
  if (isJsonObject(value) && value.error != null) {
    // Reading it as an answer throws what it says.
    context.dialect.decodeResponse(value, { provider: context.provider, model: '', generateId: () => '' })
  }
  const what = `${describe(answer, text)} instead of an event stream`
  throw bad(`The upstream answered with ${what}.`, context.provider, answer)
}

/** What kind of body it was, never the body: it may hold anything. */
const describe = (answer: UpstreamAnswer, text: string): string => {
  if (text.trim() === '') return 'an empty body'
  if (text.trimStart().startsWith('<')) return 'an HTML page'
  return `a body of type ${JSON.stringify((answer.headers['content-type'] ?? 'unknown').slice(0, 60))}`
}

const bad = (message: string, provider: string, { status }: UpstreamAnswer) =>
  new ProviderError(message, { code: 'bad-response', provider, status })
