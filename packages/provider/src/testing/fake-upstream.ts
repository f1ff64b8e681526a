import type { FakeApi } from './api.ts'
import { apis } from './apis.ts'
import { defaultAnswer } from './default-answer.ts'
import { toFields } from './json.ts'
import { toRecord } from './record.ts'
import { type Exchange, respond, respondFault } from './respond.ts'
import { toId } from './steps.ts'
import type { FakeFault, FakeUpstream, FakeUpstreamOptions, RecordedRequest } from './types.ts'

/**
 * A strict fake of the Anthropic Messages and the OpenAI Chat API, with token counts and embeddings, for tests of
 * everything that talks to them: it frames answers as they do, JSON and SSE, and refuses with their status and words
 * what they would refuse (unknown fields, tool calls without results, signatures that it did not issue, options that a
 * model does not take, …).
 *
 * Without a `script` the lines of the last user text say what happens: `call NAME {json}` (several are parallel),
 * `think TEXT`, `status CODE [RETRY-AFTER]`, `html CODE`, and after half an answer `error TYPE`, `reset` or `end` (no
 * terminal marker). Tool results are reported, anything else is echoed word by word.
 *
 * A `delivery` says how the bytes travel: cut at any place, with other line ends, comments, or gzip'd. `requests` holds
 * what arrived, how much of each answer was taken, and when its caller left.
 *
 * Web standards only: give its `fetch` to what you test, or mount it on a server.
 *
 * @example
 * const upstream = createFakeUpstream({
 *   script: () => [{ type: 'text', text: 'Half of ' }, { type: 'reset' }],
 *   delivery: () => ({ cut: 1, lineEnd: '\r\n' }),
 * })
 * const provider = createOpenAI({ apiKey: 'test-key', fetch: upstream.fetch })
 */
export const createFakeUpstream = (options: FakeUpstreamOptions = {}): FakeUpstream => {
  const { apiKey = 'test-key', models, script, delivery, now = Date.now } = options
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
      const { record, watch } = await toRecord(request, api?.dialect, signal, now)
      requests.push(record)
      const exchange: Exchange = { api: api ?? apis[0], request: record, nextId, issue, signal, watch }
      const refused = refusal(exchange.api, record)
      if (refused !== undefined) return respondFault(refused, exchange)
      record.accepted = true
      return await respond(script?.(record) ?? defaultAnswer(record), exchange, delivery?.(record) ?? {})
    },
  }
}
