import { untilAborted } from '../abort.ts'
import type { AnswerContext, FakeApi } from './api.ts'
import { apis } from './apis.ts'
import { toBody } from './body.ts'
import { defaultAnswer } from './default-answer.ts'
import { contentText, isFields, parseJson, toFields, toList } from './json.ts'
import { resetError, splitWaits, toId } from './steps.ts'
import type { FakeFault, FakeStep, FakeUpstream, FakeUpstreamOptions, RecordedRequest } from './types.ts'

/** What the fake keeps of a request while it answers. */
interface Exchange extends AnswerContext {
  api: FakeApi
  finish(): void
  abort(): void
}

/**
 * A strict fake of the Anthropic Messages and the OpenAI Chat API, for tests of everything that talks to them: it frames
 * answers as they do, JSON and SSE, and refuses with their status and words what they would refuse (unknown fields, tool
 * calls without results, signatures that it did not issue, options that a model does not take, …).
 *
 * Without a `script` the lines of the last user text say what happens: `call NAME {json}` (several are parallel),
 * `think TEXT`, `status CODE [RETRY-AFTER]`, `html CODE`, and after half an answer `error TYPE`, `reset` or `end` (no
 * terminal marker). Tool results are reported, anything else is echoed word by word.
 *
 * Web standards only: give its `fetch` to what you test, or mount it on a server.
 */
export const createFakeUpstream = (options: FakeUpstreamOptions = {}): FakeUpstream => {
  const { apiKey = 'test-key', models, script } = options
  const requests: RecordedRequest[] = []
  const signatures = new Map<string, string>()
  let count = 0
  const nextId = () => {
    count += 1
    return count
  }
  // A signature is base64: the characters that get lost in sloppy encodings are all in it.
  const issue = (thinking: string): string => {
    const signature = `EqQB+${toId('', nextId())}/${thinking.length}==`
    signatures.set(signature, thinking)
    return signature
  }

  /** What the API answers instead, if it does not accept the request. */
  const refusal = (api: FakeApi, request: RecordedRequest): FakeFault | undefined => {
    const { dialect, method, path, body } = request
    if (dialect === undefined || method !== 'POST') {
      return { status: 404, message: `Invalid URL (${method} ${path})` }
    }
    for (const fault of api.faults(request, { apiKey, signatures })) return fault
    const model = String(toFields(body).model)
    return models === undefined || models.includes(model)
      ? undefined
      : { status: 404, message: `model: ${model}` }
  }

  return {
    requests,
    async fetch(input, init) {
      const request = input instanceof Request && init === undefined ? input : new Request(input, init)
      // A request only follows its caller's signal; the caller's own cannot be lost on the way.
      const signal = init?.signal ?? request.signal
      signal.throwIfAborted()
      const { pathname } = new URL(request.url)
      const api = apis.find(({ path }) => path === pathname)
      const { record, finish, abort } = await toRecord(request, api, signal)
      requests.push(record)
      const exchange: Exchange = {
        api: api ?? apis[0],
        request: record,
        nextId,
        issue,
        signal,
        finish,
        abort,
      }
      const refused = refusal(exchange.api, record)
      if (refused !== undefined) return faultResponse(refused, exchange)
      const answer = script?.(record) ?? defaultAnswer(record)
      return 'status' in answer ? faultResponse(answer, exchange) : await stepsResponse(answer, exchange)
    },
  }
}

/** Reads a request and follows what becomes of its caller. */
const toRecord = async (request: Request, api: FakeApi | undefined, signal: AbortSignal) => {
  const text = await untilAborted(request.text(), signal)
  const body = parseJson(text)
  const user = toList(toFields(body).messages)
    .map(toFields)
    .findLast(({ role }) => role === 'user')
  let gone = () => {}
  const record: RecordedRequest = {
    dialect: api?.dialect,
    method: request.method,
    path: new URL(request.url).pathname,
    headers: Object.fromEntries(request.headers),
    text,
    body,
    lastText: contentText(user?.content),
    aborted: false,
    whenAborted: new Promise((resolve) => {
      gone = resolve
    }),
  }
  const abort = () => {
    record.aborted = true
    gone()
  }
  signal.addEventListener('abort', abort, { once: true })
  return { record, abort, finish: () => signal.removeEventListener('abort', abort) }
}

const faultResponse = (fault: FakeFault, exchange: Exchange): Response => {
  exchange.finish()
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

const stepsResponse = async (answer: readonly FakeStep[], exchange: Exchange): Promise<Response> => {
  const { waits, rest } = splitWaits(answer)
  const { api, request, signal, finish, abort } = exchange
  for (const { until } of waits) await untilAborted(Promise.resolve(until), signal)
  const streamed = isFields(request.body) && request.body.stream === true
  const error = rest.find((step) => step.type === 'error-event')
  if (!streamed && error !== undefined) {
    const { error: type, message } = error
    return faultResponse({ status: api.statusOfError(type), type, message }, exchange)
  }
  const chunks = streamed ? api.toEvents(rest, exchange) : toJson(rest, api.toWhole(rest, exchange))
  const body = toBody(chunks, signal, { done: finish, aborted: abort })
  const type = streamed ? 'text/event-stream; charset=utf-8' : 'application/json'
  const headers = { 'content-type': type, ...api.headers(toId('req_', exchange.nextId())) }
  return new Response(body, { status: 200, headers })
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
