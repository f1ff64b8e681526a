import { sleep as platformSleep } from '../abort.ts'
import { collect } from '../collect.ts'
import { ProviderError } from '../errors.ts'
import type { CompletionRequest } from '../types/completion.ts'
import type { Provider } from '../types/provider.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import type { TransportSink } from '../types/transport.ts'
import { defaultAnswer } from './default-answer.ts'
import { play } from './play.ts'
import { type MockAnswer, type MockStep, toSteps } from './steps.ts'

/** Options of {@link createMock}. */
export interface MockOptions {
  /** @defaultValue `mock` */
  name?: string | undefined
  /** Served beside `mock` and `mock-*`. */
  models?: readonly string[] | undefined
  /**
   * What to answer: a function of the request and of how many calls came before it, or a queue whose last answer is
   * used again and again.
   * @defaultValue the verbs of the user's message
   */
  script?:
    | ((request: CompletionRequest, callIndex: number) => readonly MockStep[] | MockAnswer)
    | readonly (readonly MockStep[] | MockAnswer)[]
    | undefined
  /** Waits, and rejects with the signal's reason when it aborts. @defaultValue a timer of the platform */
  sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined
  /** Ids of the answers. @defaultValue `mock_1`, `mock_2`, … */
  generateId?: (() => string) | undefined
  /** How many of the latest requests `calls` holds. @defaultValue 100 */
  keepCalls?: number | undefined
}

/** A provider that answers by a script, and remembers what it was asked. */
export interface MockProvider extends Provider {
  /** The latest requests, oldest first; no more than `keepCalls`. */
  readonly calls: readonly CompletionRequest[]
}

/**
 * A model that runs nowhere: deterministic, scriptable, without network. For tests of your own code, and what a gateway
 * without a provider answers with.
 *
 * Unscripted it answers `This is the mock model. You said: …`, one event for each word, and does what the verbs in the
 * first lines of the last user message say. They combine, in any order:
 *
 * | line | what the mock does |
 * |---|---|
 * | `/tool NAME {json}` | calls the tool; several lines are parallel calls. Text that is no JSON is sent as it is |
 * | `/say TEXT` | answers exactly this; several lines are lines of the answer |
 * | `/long N` | answers N words (at most 100,000) |
 * | `/think TEXT` | thinks this first, in a signed block |
 * | `/delay MS` | waits before the first event (at most ten minutes) |
 * | `/pace MS` | waits between two pieces (at most ten minutes) |
 * | `/chunks N` | sends the text in N pieces (at most 10,000) |
 * | `/fail CODE [MS]` | rejects with this ProviderError code, and `retryAfterMs` if given |
 * | `/stall` | sends nothing after the first piece until the call is aborted |
 * | `/cut` | breaks with ProviderError `network` after the first piece; a tool call breaks inside its input |
 * | `/then` | the lines after it are for the next answer, when the tools' results are in |
 *
 * To tool results without a `/then` it answers `The tool NAME answered: …`. `maxTokens` and `stopSequences` end its text
 * as they would a model's. Usage is exact by its own rule: four characters of text, calls, tools and system prompt are
 * a token, media are none. Its dialect `mock` is the vocabulary itself as JSON, answered whole.
 */
export const createMock = (options: MockOptions = {}): MockProvider => {
  const { name = 'mock', sleep = platformSleep, keepCalls = 100 } = options
  const models = ['mock', ...(options.models ?? [])]
  const calls: CompletionRequest[] = []
  let count = 0

  const begin = (
    request: CompletionRequest,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<StreamEvent> => {
    const callIndex = count
    count += 1
    calls.push(request)
    if (calls.length > keepCalls) calls.shift()
    const id = options.generateId?.() ?? `mock_${count}`
    const answer = scripted(options.script, request, callIndex) ?? defaultAnswer(request)
    const steps = isSteps(answer) ? answer : toSteps(answer, request)
    return play(steps, {
      provider: name,
      request,
      start: { type: 'start', id, model: request.model },
      sleep,
      signal,
    })
  }

  const complete: Provider['complete'] = async (request, callOptions) =>
    collect(begin(request, callOptions?.signal))

  return {
    name,
    dialects: ['mock'],
    models,
    calls,
    serves: (model) => models.includes(model) || model.startsWith('mock-'),
    complete,
    async stream(request, callOptions) {
      const events = begin(request, callOptions?.signal)
      // Everything before the first event is the upstream's latency and status: it settles the call.
      const first = await events.next()
      return resume(first, events)
    },
    async forward(dialect, body, sink, callOptions) {
      if (dialect !== 'mock') {
        const message = `The mock does not speak ${dialect}: translate the request instead.`
        throw new ProviderError(message, { code: 'unsupported', provider: name })
      }
      await answerJson(await complete(parseBody(body, name), callOptions), sink)
    },
  }
}

/** A stream whose first event was taken already. */
async function* resume(
  first: IteratorResult<StreamEvent>,
  rest: AsyncGenerator<StreamEvent>,
): AsyncGenerator<StreamEvent> {
  if (!first.done) yield first.value
  yield* rest
}

const isSteps = (answer: readonly MockStep[] | MockAnswer): answer is readonly MockStep[] =>
  Array.isArray(answer)

const scripted = (script: MockOptions['script'], request: CompletionRequest, callIndex: number) =>
  typeof script === 'function' ? script(request, callIndex) : (script?.[callIndex] ?? script?.at(-1))

const parseBody = (body: Uint8Array, provider: string): CompletionRequest => {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body))
    if (isRequest(value)) return value
  } catch (cause) {
    throw new ProviderError('The body is not JSON.', { code: 'invalid-request', provider, cause })
  }
  throw new ProviderError('The body needs a "model" and "messages".', { code: 'invalid-request', provider })
}

const isRequest = (value: unknown): value is CompletionRequest =>
  typeof value === 'object' &&
  value !== null &&
  'model' in value &&
  typeof value.model === 'string' &&
  'messages' in value &&
  Array.isArray(value.messages)

const answerJson = async (response: unknown, sink: TransportSink): Promise<void> => {
  sink.head(200, { 'content-type': 'application/json' })
  if (!sink.data(new TextEncoder().encode(JSON.stringify(response)))) await sink.ready?.()
  sink.end()
}
