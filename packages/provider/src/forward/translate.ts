import { untilAborted } from '../abort.ts'
import type { ClientContext } from '../dialects/client-dialect.ts'
import { toExactRequest } from '../exact-json.ts'
import type { CompletionRequest, Warning } from '../types/completion.ts'
import type { ForwardRequest } from '../types/forward.ts'
import type { CallOptions } from '../types/provider.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import type { StreamSink } from '../types/stream-sink.ts'
import { addWarnings, toWholeHead } from './answer-head.ts'
import { type Attempt, type Committed, createReport } from './attempt.ts'
import { createTranslatedStream } from './translated-stream.ts'

/**
 * Asks a provider of another dialect, and answers in the client's. Not async: a function that waits holds what it was
 * given, the whole prompt with it.
 */
export const translate = (attempt: Attempt, { value, body }: ForwardRequest): Promise<Committed> => {
  const { dialect, model, now, generateId } = attempt
  const { request, stream, warnings, answerForm } = dialect.client.decodeRequest(toExactRequest(body, value))
  request.model = model
  const { includeUsage } = dialect.client.planRelay(value)
  const inputEstimate = estimateTokens(body)
  const context: ClientContext = { now: now(), generateId, includeUsage, answerForm, inputEstimate }
  return stream
    ? answerStream(attempt, request, warnings, context)
    : answerWhole(attempt, request, warnings, context)
}

// A token of English or JSON is some four bytes.
const bytesPerToken = 4

/** Roughly how many tokens a body is. */
export const estimateTokens = (body: Uint8Array): number => Math.ceil(body.byteLength / bytesPerToken)

const answerWhole = async (
  attempt: Attempt,
  request: CompletionRequest,
  dropped: readonly Warning[],
  context: ClientContext,
): Promise<Committed> => {
  const { provider, signal, sink, dialect } = attempt
  const response = await untilAborted(provider.complete(request, toCall(attempt)), signal)
  const warnings = [...dropped, ...(response.warnings ?? [])]
  const body = new TextEncoder().encode(JSON.stringify(dialect.client.encodeResponse(response, context)))
  const head = toWholeHead(attempt, body.byteLength)
  addWarnings(head, warnings)
  const report = createReport(attempt, { isRelay: false, stream: false })
  report.usage = response.usage
  report.stopReason = response.stopReason
  report.warnings = warnings
  report.firstTokenMs = attempt.now() - attempt.startedAt
  sink.head(200, head)
  sink.data(body)
  sink.end()
  return { done: Promise.resolve(report) }
}

const answerStream = (
  attempt: Attempt,
  request: CompletionRequest,
  warnings: readonly Warning[],
  context: ClientContext,
): Promise<Committed> => {
  const { provider, signal } = attempt
  const { sink, committed, finish } = createTranslatedStream(attempt, warnings, context)
  const call = toCall(attempt)
  const pushed =
    provider.streamTo?.(request, sink, call) ??
    provider.stream(request, call).then((events) => pushIterated(events, sink, signal))
  pushed.then(() => finish(), finish)
  return committed
}

const toCall = ({ signal, watch }: Attempt): CallOptions => ({
  signal,
  onData: watch.heard,
  connectTimeoutMs: watch.connectMs,
})

/** Pushes the events of a provider that only gives them to whoever asks for the next. */
export const pushIterated = async (
  events: AsyncIterable<StreamEvent>,
  sink: StreamSink,
  signal: AbortSignal,
): Promise<void> => {
  for await (const event of events) {
    signal.throwIfAborted()
    if (!sink.events([event])) await untilAborted(sink.ready(), signal)
  }
}
