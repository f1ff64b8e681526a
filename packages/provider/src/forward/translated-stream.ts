import type { ClientContext, StreamEncoder } from '../dialects/client-dialect.ts'
import { isProviderError, ProviderError } from '../errors.ts'
import type { Warning } from '../types/completion.ts'
import type { ForwardReport } from '../types/forward.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import type { StreamSink } from '../types/stream-sink.ts'
import { addWarnings, toStreamHead } from './answer-head.ts'
import { type Attempt, type Committed, createReport } from './attempt.ts'
import { toClientError } from './client-error.ts'
import { type ClientStream, isContent, openClientStream } from './client-stream.ts'

interface TranslatedStream {
  readonly attempt: Attempt
  readonly encoder: StreamEncoder
  readonly report: ForwardReport
  readonly committed: PromiseWithResolvers<Committed>
  readonly done: PromiseWithResolvers<ForwardReport>
  /** What was encoded before the first content. */
  held: string
  client: ClientStream | undefined
  isOver: boolean
}

/** A sink for a provider's events, and what comes of it. */
export interface TranslatedTap {
  sink: StreamSink
  committed: Promise<Committed>
  /** To be called when the provider has pushed everything, or with what broke it. */
  finish(error?: unknown): void
}

/** Writes the events of an answer to the client in its dialect, one text for all that came at once. */
export const createTranslatedStream = (
  attempt: Attempt,
  warnings: readonly Warning[],
  context: ClientContext,
): TranslatedTap => {
  const report = createReport(attempt, { isRelay: false, stream: true })
  report.warnings.push(...warnings)
  const stream: TranslatedStream = {
    attempt,
    encoder: attempt.dialect.client.createStreamEncoder(context),
    report,
    committed: Promise.withResolvers(),
    done: Promise.withResolvers(),
    held: '',
    client: undefined,
    isOver: false,
  }
  const sink: StreamSink = {
    events: (events) => take(stream, events),
    ready: () => untilReady(stream),
  }
  return { sink, committed: stream.committed.promise, finish: (error) => finish(stream, error) }
}

const untilReady = async ({ client, attempt }: TranslatedStream): Promise<void> => {
  attempt.watch.paused()
  await client?.ready()
  attempt.watch.heard()
}

const take = (stream: TranslatedStream, events: readonly StreamEvent[]): boolean => {
  const { encoder, report } = stream
  if (stream.isOver) return true
  let text = ''
  let hasContent = stream.client !== undefined
  let isWhole = false
  for (const event of events) {
    if (event.type === 'warning') {
      report.warnings.push(event.warning)
      continue
    }
    if (!hasContent && isContent(event)) hasContent = true
    text += encoder.encode(event)
    if (event.type !== 'finish') continue
    report.usage = event.usage
    report.stopReason = event.stopReason
    isWhole = true
  }
  if (!hasContent) {
    stream.held += text
    return true
  }
  const client = stream.client ?? commit(stream)
  const written = stream.held + text
  stream.held = ''
  if (written !== '') client.write(written)
  if (isWhole) close(stream)
  return client.goesOn()
}

const commit = (stream: TranslatedStream): ClientStream => {
  const { attempt, report } = stream
  attempt.watch.output()
  report.firstTokenMs = attempt.now() - attempt.startedAt
  const head = toStreamHead(attempt)
  addWarnings(head, report.warnings)
  const client = attempt.early ?? openClientStream(attempt, head)
  stream.client = client
  stream.committed.resolve({ done: stream.done.promise })
  return client
}

const close = (stream: TranslatedStream): void => {
  stream.isOver = true
  stream.client?.end()
  stream.done.resolve(stream.report)
}

const finish = (stream: TranslatedStream, thrown?: unknown): void => {
  if (stream.isOver) return
  const { attempt, client, encoder, report } = stream
  const { signal, requestId } = attempt
  if (signal.aborted && !isProviderError(signal.reason)) {
    stream.isOver = true
    client?.drop()
    if (client === undefined) stream.committed.reject(signal.reason)
    else stream.done.reject(signal.reason)
    return
  }
  const error = toError(attempt, signal.aborted ? signal.reason : thrown)
  if (client === undefined) {
    stream.isOver = true
    stream.committed.reject(error)
    return
  }
  report.error = error
  client.write(encoder.fail(toClientError(error, requestId)))
  close(stream)
}

const toError = ({ provider }: Attempt, thrown: unknown): ProviderError => {
  if (isProviderError(thrown)) return thrown
  const message =
    thrown === undefined
      ? 'The answer ended without its end.'
      : 'The answer broke off for a reason that its provider does not tell.'
  return new ProviderError(message, { code: 'bad-response', provider: provider.name, cause: thrown })
}
