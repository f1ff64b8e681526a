import { isErrorAnswer } from '../dialects/error-answer.ts'
import { ProviderError } from '../errors.ts'
import { type AnswerContext, isSuccess, maxErrorBytes, toStatusError } from '../http/answer.ts'
import type { AnswerHead } from '../http/answer-queue.ts'
import { append, createByteBuffer, takeAll } from '../http/byte-buffer.ts'
import { toNetworkError } from '../http/network-error.ts'
import { hideSecrets, toOwnError } from '../http/own-error.ts'
import { toPassedHeaders } from '../http/passed-headers.ts'
import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'

/** Options of {@link relay}. */
export interface RelayOptions {
  reading: AnswerContext
  /** What no error may quote. */
  secrets: readonly string[]
  signal?: AbortSignal | undefined
}

/**
 * Sends a request and lets a good answer through to the sink, byte for byte. Any other status reaches it as the error
 * that it stands for, a fault of the network as ProviderError `network`, an abort as the signal's reason.
 */
export const relay = (
  transport: Transport,
  request: TransportRequest,
  sink: TransportSink,
  options: RelayOptions,
): Promise<void> => transport.dispatch(request, createGate(request.url, sink, options), options.signal)

/** A sink that lets good answers through and reads all others. Apart, so that it does not hold the request. */
const createGate = (url: string, sink: TransportSink, options: RelayOptions): TransportSink => {
  const { reading, signal } = options
  const body = createByteBuffer()
  let refused: AnswerHead | undefined
  let isTold = false

  const refuse = (head: AnswerHead, isWhole: boolean) => {
    if (isTold) return
    isTold = true
    sink.error(toRefusal(head, new TextDecoder().decode(takeAll(body)), isWhole, options))
  }
  return {
    head(status, headers) {
      if (isSuccess(status)) sink.head(status, headers)
      else refused = { status, headers }
    },
    data(bytes) {
      if (refused === undefined) return sink.data(bytes)
      if (isTold) return true
      append(body, bytes)
      // The beginning says what it is; whoever hears it frees the request.
      if (body.length > maxErrorBytes) refuse(refused, false)
      return true
    },
    ready: () => sink.ready?.() ?? Promise.resolve(),
    end() {
      if (refused === undefined) sink.end()
      else refuse(refused, true)
    },
    error(error) {
      if (signal?.aborted) sink.error(signal.reason)
      else if (refused === undefined) sink.error(toNetworkError(error, url, reading.provider))
      else refuse(refused, false)
    },
  }
}

const toRefusal = (
  head: AnswerHead,
  body: string,
  isWhole: boolean,
  options: RelayOptions,
): ProviderError => {
  const { reading, secrets } = options
  const { provider, dialect } = reading
  const error = toOwnError(toStatusError(body.slice(0, maxErrorBytes), head, reading), provider, secrets)
  // What is said about our credentials is nobody else's business.
  if (!isWhole || error.code === 'authentication' || !isErrorAnswer(dialect, body)) return error
  const answer = {
    dialect: dialect.name,
    headers: toPassedHeaders(head.headers),
    body: hideSecrets(body, secrets),
  }
  return new ProviderError(error.message, { ...error, answer, cause: error.cause })
}
