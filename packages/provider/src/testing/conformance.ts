import { collect } from '../collect.ts'
import { isProviderError } from '../errors.ts'
import type { CompletionRequest } from '../types/completion.ts'
import type { Message } from '../types/message.ts'
import type { Provider } from '../types/provider.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import { createFakeUpstream } from './fake-upstream.ts'
import type { FakeAnswer, FakeUpstream } from './types.ts'

/** What {@link providerConformance} tests, and with what. */
export interface ConformanceOptions {
  /** Makes the provider under test; it talks to `fetch` and nothing else, with the key `test-key`. */
  make(fetch: FakeUpstream['fetch']): Provider
  /** A model that it serves. */
  model: string
  /** Registers a test, as that of vitest or `node:test` does. */
  test(name: string, run: () => Promise<void>): void
}

/** What a test has at hand. */
interface Bench {
  provider: Provider
  upstream: FakeUpstream
  ask(text: string, more?: Partial<CompletionRequest>): CompletionRequest
}

/**
 * What every provider over HTTP has to keep, against the strict fake of its API: the order of events, one answer
 * streamed or whole, tool loops, typed errors, breaks that are no short success, aborts that free the upstream, and
 * relaying byte for byte.
 *
 * @example
 * providerConformance('mine', { make: (fetch) => createMine({ apiKey: 'test-key', fetch }), model: 'm', test })
 */
export const providerConformance = (name: string, options: ConformanceOptions): void => {
  for (const [what, check] of Object.entries(checks)) {
    options.test(`${name}: ${what}`, async () => {
      await check((script) => {
        const upstream = createFakeUpstream({ script: script && (() => script) })
        const ask: Bench['ask'] = (text, more) => ({
          model: options.model,
          messages: [{ role: 'user', content: text }],
          ...more,
        })
        return { provider: options.make(upstream.fetch), upstream, ask }
      })
    })
  }
}

type Check = (bench: (script?: FakeAnswer) => Bench) => Promise<void>

const sum = { name: 'sum', description: 'Adds.', inputSchema: { type: 'object', properties: {} } }

const checks: Readonly<Record<string, Check>> = {
  async 'an answer starts once, finishes once, and its usage is known'(bench) {
    const { provider, ask } = bench()
    const events = await drain(await provider.stream(ask('hello there')))
    same(events.events[0]?.type, 'start')
    same(events.events.filter(({ type }) => type === 'start' || type === 'finish').length, 2)
    const last = events.events.at(-1)
    if (last?.type !== 'finish') throw new Error(`The last event is ${last?.type}.`)
    same(last.stopReason, 'end-turn')
    same(last.usage.inputTokens > 0 && last.usage.outputTokens > 0, true)
    same(last.usage.estimated ?? false, false)
  },

  async 'a streamed answer, collected, is the whole answer'(bench) {
    const { provider, ask } = bench()
    const request = ask('call sum {"a":1,"b":[2]}\ncall sum', { tools: [sum] })
    const streamed = await collect(await provider.stream(request))
    const whole = await provider.complete(request)
    const facts = ({ model, content, stopReason, usage }: typeof whole) => {
      const blocks = content.map((block) => (block.type === 'tool-use' ? { ...block, id: '' } : block))
      return { model, blocks, stopReason, in: usage.inputTokens > 0, out: usage.outputTokens }
    }
    same(facts(streamed), facts(whole))
    same(whole.stopReason, 'tool-use')
  },

  async 'a tool loop is a history that the API takes'(bench) {
    const { provider, ask } = bench()
    const messages: Message[] = ask('think hm\ncall sum {"a":1}\ncall sum').messages
    const { content } = await collect(await provider.stream(ask('', { messages, tools: [sum] })))
    const results = content.flatMap((block): Message[] =>
      block.type === 'tool-use'
        ? [{ role: 'tool', content: [{ type: 'tool-result', toolUseId: block.id, content: 'ok' }] }]
        : [],
    )
    same(results.length, 2)
    const history: Message[] = [...messages, { role: 'assistant', content }, ...results]
    const answer = await provider.complete(ask('', { messages: history, tools: [sum] }))
    same(answer.content, [{ type: 'text', text: 'The tools answered: ok, ok' }])
  },

  async 'error statuses are typed, before the stream begins'(bench) {
    const expected = { 401: 'authentication', 403: 'permission', 404: 'not-found', 429: 'rate-limit' }
    for (const [status, code] of Object.entries(expected)) {
      const { provider, ask } = bench({ status: Number(status), headers: { 'retry-after': '7' } })
      for (const call of [provider.complete(ask('x')), provider.stream(ask('x'))]) {
        const error = await failure(call)
        if (!isProviderError(error)) throw error
        same([error.code, error.status], [code, Number(status)])
        if (code === 'rate-limit') same(error.retryAfterMs, 7000)
      }
    }
  },

  async 'an error, a break and a missing end marker in a stream are errors, never a short success'(bench) {
    for (const text of ['error server_error', 'reset', 'end']) {
      const { provider, ask } = bench()
      const { events, error } = await drain(await provider.stream(ask(text)))
      if (!isProviderError(error)) throw new Error(`"${text}" gave ${String(error)}.`)
      same(
        events.some(({ type }) => type === 'text-delta'),
        true,
      )
      same(
        events.some(({ type }) => type === 'finish'),
        false,
      )
    }
  },

  async 'an abort before the status frees the upstream and comes out untouched'(bench) {
    const { provider, upstream, ask } = bench([{ type: 'wait', until: new Promise(() => {}) }])
    const controller = new AbortController()
    const reason = { because: 'the client left' }
    const call = failure(provider.complete(ask('x'), { signal: controller.signal }))
    await arrival(upstream)
    controller.abort(reason)
    same((await call) === reason, true)
    await upstream.requests[0]?.whenAborted
  },

  async 'an abort of an idle stream frees the upstream and comes out untouched'(bench) {
    const { provider, upstream, ask } = bench([
      { type: 'text', text: 'x' },
      { type: 'wait', until: new Promise(() => {}) },
    ])
    const controller = new AbortController()
    const reason = { because: 'the client left' }
    const stream = await provider.stream(ask('x'), { signal: controller.signal })
    const reading = drain(stream, (event) => {
      if (event.type === 'text-delta') queueMicrotask(() => controller.abort(reason))
    })
    same((await reading).error === reason, true)
    await upstream.requests[0]?.whenAborted
  },

  async 'forward relays status and bytes as they are'(bench) {
    const raw = ': anything at all\n\ndata: {"x": 1}  \r\n\r\n'
    const { provider, upstream } = bench([{ type: 'raw', text: raw }])
    const [dialect] = provider.dialects
    if (dialect === undefined) throw new Error('The provider speaks no dialect.')
    const body = '{ "model" : "some-model", "max_tokens": 9, "messages": [{"role":"user","content":"x"}] }'
    const seen: unknown[] = []
    const decoder = new TextDecoder()
    await provider.forward(dialect, new TextEncoder().encode(body), {
      head: (status) => void seen.push(status),
      data: (bytes) => seen.push(decoder.decode(bytes)) > 0,
      end: () => void seen.push('end'),
      error: (error) => void seen.push(error),
    })
    same(upstream.requests[0]?.text, body)
    same([seen[0], seen.slice(1, -1).join(''), seen.at(-1)], [200, raw, 'end'])
  },
}

/** Reads a stream to its end or to its error. */
const drain = async (
  stream: AsyncIterable<StreamEvent>,
  onEvent: (event: StreamEvent) => void = () => {},
): Promise<{ events: StreamEvent[]; error?: unknown }> => {
  const events: StreamEvent[] = []
  try {
    for await (const event of stream) {
      events.push(event)
      onEvent(event)
    }
    return { events }
  } catch (error) {
    return { events, error }
  }
}

/** What a call rejects with. */
const failure = async (call: Promise<unknown>): Promise<unknown> => {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  if (outcome === undefined) throw new Error('The call succeeded.')
  return outcome.error
}

/** Waits until the upstream has its first request. */
const arrival = async (upstream: FakeUpstream): Promise<void> => {
  while (upstream.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 0))
}

const same = (actual: unknown, expected: unknown): void => {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (left !== right) throw new Error(`Expected ${right}, got ${left}.`)
}
