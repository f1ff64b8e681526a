import type { AnswerEnd } from '../dialects/client-dialect.ts'
import { isJsonObject, parseJson } from '../dialects/json.ts'
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
  const leave = (reason: unknown) => {
    isOver = true
    reject(reason)
  }
  const lifeline = createLifeline(attempt.signal, leave, attempt.watch)
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

// It keeps nothing between two whole texts.
const utf8 = new TextDecoder()

const answer = (attempt: Attempt, headers: Headers, bytes: Uint8Array): Committed => {
  const text = utf8.decode(bytes)
  const value = parseJson(text)
  if (value === undefined) throw toNoAnswerError(text, headers, attempt.provider.name)
  const report = createReport(attempt, { isRelay: true, stream: false })
  const end = readEnd(attempt, value)
  if (end !== undefined) {
    report.usage = end.usage
    report.stopReason = end.stopReason
  }
  report.firstTokenMs = attempt.now() - attempt.startedAt
  const { sink } = attempt
  sink.head(200, toWholeHead(attempt, bytes.byteLength, toPassedHeaders(headers)))
  sink.data(bytes)
  sink.end()
  return { done: Promise.resolve(report) }
}

/**
 * What the report says of an answer. An error in disguise is thrown, and so is a fault of the server's within; an answer
 * of a form that is not known passes, and none is checked: the client gets its bytes as they are.
 */
const readEnd = (
  { provider, model, dialect, generateId }: Attempt,
  value: JsonValue,
): AnswerEnd | undefined => {
  const { rules, upstream } = dialect.client
  if (isJsonObject(value) && value.error == null && value.type !== 'error') {
    const fault = upstream.findFault?.(value, provider.name)
    if (fault !== undefined) throw fault
    return rules.readEnd(value)
  }
  return upstream.decodeResponse(value, { provider: provider.name, model, generateId })
}
