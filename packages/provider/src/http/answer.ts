import type { Dialect } from '../dialects/dialect.ts'
import { isJsonObject, parseJson } from '../dialects/json.ts'
import { ProviderError } from '../errors.ts'
import { parseExact } from '../exact-json.ts'
import type { JsonValue } from '../types/json.ts'
import type { AnswerHead } from './answer-queue.ts'
import { readBody } from './read-body.ts'
import type { UpstreamAnswer } from './upstream.ts'

/** Most bytes of an error's body that are read; the rest is left. */
export const maxErrorBytes = 65_536
/** Most bytes of a whole answer. */
export const maxAnswerBytes = 33_554_432

/** What the reading of an answer needs to know. */
export interface AnswerContext {
  provider: string
  dialect: Dialect
  now: () => number
}

/** Throws the error that a status other than 2xx stands for. */
export const requireSuccess = async (answer: UpstreamAnswer, context: AnswerContext): Promise<void> => {
  if (isSuccess(answer.status)) return
  const { text } = await readBody(answer.body, maxErrorBytes)
  throw toStatusError(text, answer, context)
}

export const isSuccess = (status: number): boolean => status >= 200 && status < 300

/** The error that a status other than 2xx stands for. */
export const toStatusError = (
  body: string,
  { status, headers }: AnswerHead,
  { provider, dialect, now }: AnswerContext,
): ProviderError => dialect.decodeError({ provider, status, headers, body, now: now() })

/** The JSON of a good answer. ProviderError `bad-response` for anything else, and for too much of it. */
export const readJson = async (answer: UpstreamAnswer, { provider }: AnswerContext): Promise<JsonValue> => {
  const { text, isTruncated } = await readBody(answer.body, maxAnswerBytes)
  const value = isTruncated ? undefined : parseExact(text, 'answer')
  if (value === undefined) throw toNoAnswerError(text, answer.headers, provider, isTruncated)
  return value
}

/** The error of a good status with a body that is no JSON, or too much of it. */
export const toNoAnswerError = (
  text: string,
  headers: AnswerHead['headers'],
  provider: string,
  isTooLarge = false,
): ProviderError =>
  isTooLarge
    ? bad(`The upstream's answer is larger than ${maxAnswerBytes} bytes.`, provider)
    : bad(`The upstream answered with ${describe(headers, text)}.`, provider)

/** Is it an event stream? One without a content type is given the chance to be: its terminal marker decides. */
export const isEventStream = (headers: AnswerHead['headers']): boolean => {
  const type = headers['content-type'] ?? ''
  return type === '' || eventStream.test(type)
}

const eventStream = /^text\/event-stream\b/i

/** Makes sure that a good answer is an event stream. An error in JSON under a good status is that error. */
export const requireEventStream = async (answer: UpstreamAnswer, context: AnswerContext): Promise<void> => {
  if (isEventStream(answer.headers)) return
  const { text } = await readBody(answer.body, maxErrorBytes)
  throw toWrongTypeError(text, answer.headers, context)
}

/** The error of a good status with something else than an event stream. */
export const toWrongTypeError = (
  text: string,
  headers: AnswerHead['headers'],
  { provider, dialect }: { provider: string; dialect: Pick<Dialect, 'decodeResponse'> },
): unknown => {
  const value = parseJson(text)
  if (isJsonObject(value) && value.error != null) {
    try {
      // Reading it as an answer throws what it says.
      dialect.decodeResponse(value, { provider, model: '', generateId: () => '' })
    } catch (error) {
      return error
    }
  }
  return bad(`The upstream answered with ${describe(headers, text)} instead of an event stream.`, provider)
}

/** What kind of body it was, never the body: it may hold anything. */
const describe = (headers: AnswerHead['headers'], text: string): string => {
  if (text.trim() === '') return 'an empty body'
  if (text.trimStart().startsWith('<')) return 'an HTML page'
  return `a body of type ${JSON.stringify((headers['content-type'] ?? 'unknown').slice(0, 60))}`
}

const bad = (message: string, provider: string) =>
  new ProviderError(message, { code: 'bad-response', provider, status: 200 })
