import { parseJson } from '../dialects/json.ts'
import { isProviderError } from '../errors.ts'
import { maxAnswerBytes, toNoAnswerError } from '../http/answer.ts'
import { append, createByteBuffer, takeAll } from '../http/byte-buffer.ts'
import { createLifeline } from '../http/lifeline.ts'
import { toPassedHeaders } from '../http/passed-headers.ts'
import type { JsonValue } from '../types/json.ts'
import type { TransportSink } from '../types/transport.ts'
import { toWholeHead } from './answer-head.ts'
import { type Attempt, type Committed, createReport, toOwnError } from './attempt.ts'
import type { RelayTap } from './relay-stream.ts'

type Headers = Readonly<Record<string, string>>

/** Relays a whole answer byte for byte, once all of it is there and is one. */
export const createRelayWhole = (attempt: Attempt): RelayTap => {
  const { promise, resolve, reject } = Promise.withResolvers<Committed>()
  const body = createByteBuffer()
  let headers: Headers = {}
  let isOver = false
  const lifeline = createLifeline(attempt.signal, (reason) => {
    isOver = true
    reject(reason)
  })
  const fail = (error: unknown) => {
    if (isOver) return
    isOver = true
    lifeline.cut()
    reject(toOwnError(attempt, error))
  }
  const sink: TransportSink = {
    head(_status, its) {
      headers = its
    },
    data(bytes) {
      if (isOver) return true
      attempt.watch.heard()
      append(body, bytes)
      if (body.length > maxAnswerBytes) fail(toNoAnswerError('', headers, attempt.provider.name, true))
      return true
    },
    end() {
      if (isOver) return
      try {
        const committed = answer(attempt, headers, takeAll(body))
        isOver = true
        lifeline.release()
        resolve(committed)
      } catch (error) {
        fail(error)
      }
    },
    error: fail,
  }
  return { sink, signal: lifeline.signal, committed: promise }
}

const answer = (attempt: Attempt, headers: Headers, bytes: Uint8Array): Committed => {
  const text = new TextDecoder().decode(bytes)
  const value = parseJson(text)
  if (value === undefined) throw toNoAnswerError(text, headers, attempt.provider.name)
  const report = createReport(attempt, { isRelay: true, stream: false })
  const response = readAnswer(attempt, value)
  if (response !== undefined) {
    report.usage = response.usage
    report.stopReason = response.stopReason
  }
  report.firstTokenMs = attempt.now() - attempt.startedAt
  const { sink } = attempt
  sink.head(200, toWholeHead(attempt, bytes.byteLength, toPassedHeaders(headers)))
  sink.data(bytes)
  sink.end()
  return { done: Promise.resolve(report) }
}

/** What the report says of an answer. An error in disguise is thrown; an answer of a form that is not known passes. */
const readAnswer = ({ provider, model, dialect, generateId }: Attempt, value: JsonValue) => {
  try {
    return dialect.client.upstream.decodeResponse(value, { provider: provider.name, model, generateId })
  } catch (error) {
    if (isProviderError(error) && !isDisguisedError(value)) return undefined
    throw error
  }
}

const isDisguisedError = (value: JsonValue): boolean =>
  typeof value !== 'object' ||
  value === null ||
  Array.isArray(value) ||
  value.error != null ||
  value.type === 'error'
