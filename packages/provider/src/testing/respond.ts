import { untilAborted } from '../abort.ts'
import type { AnswerContext, FakeApi } from './api.ts'
import { type BodyWatch, toBody } from './body.ts'
import { deliver } from './delivery.ts'
import { isFields } from './json.ts'
import { resetError, splitWaits, toId } from './steps.ts'
import type { FakeAnswer, FakeDelivery, FakeFault, FakeRecording, FakeStep } from './types.ts'

/** What the fake keeps of a request while it answers. */
export interface Exchange extends AnswerContext {
  api: FakeApi
  watch: BodyWatch
}

/** The answer to a request that the API accepts. */
export const respond = (
  answer: FakeAnswer,
  exchange: Exchange,
  delivery: FakeDelivery,
): Response | Promise<Response> => {
  if ('recording' in answer) return respondRecording(answer, exchange, delivery)
  return 'status' in answer ? respondFault(answer, exchange) : respondSteps(answer, exchange, delivery)
}

/** An answer with an error status, in one piece. */
export const respondFault = (fault: FakeFault, exchange: Exchange): Response => {
  exchange.watch.done()
  const requestId = toId('req_', exchange.nextId())
  return new Response(fault.body ?? JSON.stringify(exchange.api.faultBody(fault, requestId)), {
    status: fault.status,
    headers: {
      'content-type': fault.body === undefined ? 'application/json' : 'text/html',
      ...exchange.api.headers(requestId),
      ...fault.headers,
    },
  })
}

const isStreamed = ({ request }: Exchange): boolean => isFields(request.body) && request.body.stream === true

const respondRecording = (
  { recording, status = 200, headers }: FakeRecording,
  exchange: Exchange,
  delivery: FakeDelivery,
): Response => respondChunks(toPieces(recording), exchange, delivery, status, headers)

/** One piece per event, as recordings are cut where nothing else is said. */
async function* toPieces(recording: string): AsyncGenerator<string> {
  yield* recording.split(/(?<=\n\r?\n)/)
}

const respondSteps = async (
  answer: readonly FakeStep[],
  exchange: Exchange,
  delivery: FakeDelivery,
): Promise<Response> => {
  const { waits, rest } = splitWaits(answer)
  const { api, signal, watch } = exchange
  for (const { until } of waits) await untilAborted(Promise.resolve(until), signal)
  if (rest[0]?.type === 'reset') {
    watch.done()
    throw resetError()
  }
  if (isStreamed(exchange)) return respondChunks(api.toEvents(rest, exchange), exchange, delivery)
  const error = rest.find((step) => step.type === 'error-event')
  if (error !== undefined) {
    const { error: type, message } = error
    return respondFault({ status: api.statusOfError(type), type, message }, exchange)
  }
  return respondChunks(toJson(rest, api.toWhole(rest, exchange)), exchange, delivery)
}

const respondChunks = (
  chunks: AsyncGenerator<string>,
  exchange: Exchange,
  delivery: FakeDelivery,
  status = 200,
  headers: Record<string, string> = {},
): Response => {
  const { api, signal, watch } = exchange
  const streamed = isStreamed(exchange)
  return new Response(toBody(deliver(chunks, streamed, delivery), signal, watch), {
    status,
    headers: {
      'content-type': streamed ? 'text/event-stream; charset=utf-8' : 'application/json',
      ...api.headers(toId('req_', exchange.nextId())),
      ...(delivery.gzip && { 'content-encoding': 'gzip' }),
      ...headers,
    },
  })
}

/** A whole answer as JSON; one that is cut ends in the middle of it. */
async function* toJson(steps: readonly FakeStep[], whole: unknown): AsyncGenerator<string> {
  for (const step of steps) if (step.type === 'wait') await step.until
  const raw = steps.filter((step) => step.type === 'raw')
  const text = raw.length > 0 ? raw.map((step) => step.text).join('') : JSON.stringify(whole)
  const cut = steps.find(({ type }) => type === 'reset' || type === 'end')
  yield cut === undefined ? text : text.slice(0, text.length / 2)
  if (cut?.type === 'reset') throw resetError()
}
