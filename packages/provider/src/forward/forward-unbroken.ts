import type { ClientContext } from '../dialects/client-dialect.ts'
import { isProviderError, type ProviderError } from '../errors.ts'
import { toExactRequest } from '../exact-json.ts'
import type { Plan } from '../manager/planner.ts'
import { isHeld, openStream, type WalkedStream } from '../resilience/stream-walk.ts'
import type { OnBreak } from '../routing/route.ts'
import type { Target } from '../routing/target.ts'
import type { ForwardReport, ForwardRequest } from '../types/forward.ts'
import type { Provider } from '../types/provider.ts'
import { toEarlyHead } from './answer-head.ts'
import { type Attempt, type Client, type Committed, createReport, toCounted, toTold } from './attempt.ts'
import { toClientError } from './client-error.ts'
import { type ClientStream, openClientStream } from './client-stream.ts'
import { estimateTokens, pushIterated } from './translate.ts'
import { createTranslatedStream } from './translated-stream.ts'

/** Options of {@link forwardUnbroken}. */
export interface UnbrokenOptions {
  request: ForwardRequest
  client: Client
  plan: Plan
  onBreak: OnBreak
  providerOf(target: Target): Provider
  signal: AbortSignal | undefined
}

/**
 * Answers with a stream that a break does not end, as far as any target can go on or start again. Always by way of the
 * vocabulary, since the two halves of such an answer come from two places.
 */
export const forwardUnbroken = async (options: UnbrokenOptions): Promise<Committed> => {
  const { client, plan, onBreak, providerOf, signal } = options
  const { dialect, now, generateId } = client
  const { request, warnings, answerForm } = dialect.client.decodeRequest(
    toExactRequest(options.request.body, options.request.value),
  )
  const { includeUsage } = dialect.client.planRelay(options.request.value)
  const inputEstimate = estimateTokens(options.request.body)
  const context: ClientContext = { now: now(), generateId, includeUsage, answerForm, inputEstimate }
  const first = plan.targets[0]
  if (first === undefined) throw new TypeError('A plan needs a target.')
  const stop = new AbortController()
  const leave = () => stop.abort(signal?.reason)
  signal?.addEventListener('abort', leave, { once: true })
  const toAttempt = ({ provider, model }: Target): Attempt => ({
    ...client,
    provider: providerOf({ provider, model }),
    model,
    signal: stop.signal,
    // The walk keeps its own watch, over the events.
    watch: { signal: stop.signal, ...unwatched },
    number: plan.budget.attempts,
  })

  // What is held until it is whole may take long: the connection is kept alive meanwhile.
  const early = isHeld({ ...plan, onBreak, request })
    ? createEarly(toAttempt(first), () => toEarlyHead(plan.budget.attempts, warnings))
    : undefined
  let walked: WalkedStream
  try {
    walked = await openStream({ ...plan, request, onBreak, providerOf, signal })
  } catch (error) {
    signal?.removeEventListener('abort', leave)
    const told = toTold(error, plan.budget.records.at(-1)?.target ?? first, plan)
    const begun = early?.take()
    if (begun === undefined || !isProviderError(told)) {
      begun?.drop()
      throw told
    }
    return { done: Promise.resolve(toCounted(tellBreak(toAttempt(first), begun, told, context))) }
  }
  const attempt = { ...toAttempt(walked.target), early: early?.take() }
  const { sink, committed, finish } = createTranslatedStream(attempt, warnings, context)
  pushIterated(walked.events, sink, stop.signal)
    .then(() => finish(), finish)
    .finally(() => signal?.removeEventListener('abort', leave))
  const { done } = await committed
  return { done: done.then((report) => toWalked(toCounted(report), walked.target, plan)) }
}

/** The report of whoever wrote last, whose usage it tells: the attempts before are recorded, and not billed. */
const toWalked = (
  report: ForwardReport,
  { provider, model }: Target,
  { budget }: Pick<Plan, 'budget'>,
): ForwardReport => ({ ...report, provider, model, attempts: budget.attempts })

const nothing = () => {}
const unwatched = {
  ...{ abort: nothing, beforeAbort: nothing, heard: nothing, paused: nothing, output: nothing },
  connectMs: 0,
}

/** Begins the answer after a silence as long as a heartbeat's, before it is known who gives it. */
const createEarly = (
  attempt: Attempt,
  toHead: () => Record<string, string>,
): { take(): ClientStream | undefined } => {
  let begun: ClientStream | undefined
  const timer =
    attempt.heartbeatMs > 0
      ? setTimeout(() => {
          begun = openClientStream(attempt, toHead())
        }, attempt.heartbeatMs)
      : undefined
  return {
    take() {
      clearTimeout(timer)
      return begun
    },
  }
}

/** Tells of the failure within the answer, whose status is out already. */
const tellBreak = (
  attempt: Attempt,
  begun: ClientStream,
  error: ProviderError,
  context: ClientContext,
): ForwardReport => {
  const encoder = attempt.dialect.client.createStreamEncoder(context)
  begun.write(encoder.fail(toClientError(error, attempt.requestId)))
  begun.end()
  return { ...createReport(attempt, { isRelay: false, stream: true }), error }
}
