import {
  createAnthropic,
  createFetchTransport,
  createOpenAI,
  type Provider,
  type Transport,
} from '@gateway/provider'

/** One request that reached the fake upstream. */
export interface UpstreamCall {
  url: string
  headers: Record<string, string>
  body: Uint8Array
  text: string
  signal: AbortSignal
}

/** Lends its bytes for as short as a transport may: whatever is read of them later is `#`. */
const lending = (transport: Transport): Transport => ({
  dispatch: (request, sink, signal) =>
    transport.dispatch(
      request,
      {
        ...sink,
        data(bytes) {
          try {
            return sink.data(bytes)
          } finally {
            bytes.fill(35)
          }
        },
      },
      signal,
    ),
})

/** Answers a request, in its own time. */
export type UpstreamAnswer = (call: UpstreamCall) => Response | Promise<Response>

/** For tests: providers whose upstream is a function, and what reached it. */
export const createTestUpstream = (answer: UpstreamAnswer) => {
  const calls: UpstreamCall[] = []
  const send: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const body = new Uint8Array(await request.arrayBuffer())
    const call = {
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body,
      text: new TextDecoder().decode(body),
      signal: init?.signal ?? request.signal,
    }
    calls.push(call)
    // As the platform's own does, it fails at once when its signal aborts.
    const { promise, reject } = Promise.withResolvers<never>()
    call.signal.addEventListener('abort', () => reject(call.signal.reason), { once: true })
    return await Promise.race([promise, answer(call)])
  }
  const transport = lending(createFetchTransport({ fetch: send }))
  const providers: Provider[] = [
    createOpenAI({ apiKey: 'sk-upstream', transport }),
    createAnthropic({ apiKey: 'sk-ant-upstream', transport }),
  ]
  return { providers, calls }
}

/** A JSON answer. */
export const jsonAnswer = (value: unknown, init: ResponseInit = {}): Response => Response.json(value, init)

/** An event stream that the test writes into. */
export const createStreamAnswer = (headers: Record<string, string> = {}) => {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let pulled = 0
  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given
      },
      pull() {
        pulled += 1
      },
    },
    { highWaterMark: 0 },
  )
  const utf8 = new TextEncoder()
  return {
    response: new Response(body, { headers: { 'content-type': 'text/event-stream', ...headers } }),
    write: (text: string) => controller?.enqueue(utf8.encode(text)),
    end: () => controller?.close(),
    fail: (error: unknown) => controller?.error(error),
    pulled: () => pulled,
  }
}

/** A frame of a Chat stream. */
export const chatChunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4.1', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

/** A whole Chat answer. */
export const chatAnswer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4.1-2025-04-14',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
}
