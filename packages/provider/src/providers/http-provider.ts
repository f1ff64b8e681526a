import { decodeSse, isSseError } from '@gateway/sse'
import type { DecodeContext, Dialect } from '../dialects/dialect.ts'
import { isProviderError, ProviderError } from '../errors.ts'
import { type AnswerContext, readJson, requireEventStream, requireSuccess } from '../http/answer.ts'
import { mergeHeaders } from '../http/headers.ts'
import { nameProvider } from '../http/network-error.ts'
import { openUpstream, type UpstreamAnswer } from '../http/upstream.ts'
import type { Warning } from '../types/completion.ts'
import type { CallOptions, Provider } from '../types/provider.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import type { Transport, TransportRequest } from '../types/transport.ts'
import { relay } from './relay.ts'

/** A provider as data: an endpoint, its credentials and the dialect that is spoken there. */
export interface HttpProviderSpec {
  name: string
  dialect: Dialect
  /** Where requests are posted. */
  url: string
  credentials: Readonly<Record<string, string>>
  /** Headers of the dialect's and the operator's; a call's own win. */
  headers: Readonly<Record<string, string>>
  /** Model names that the operator listed. */
  models?: readonly string[] | undefined
  /** Does it serve a model that is not listed? */
  servesName(model: string): boolean
  transport: Transport
  now: () => number
  generateId: () => string
}

/** A provider over HTTP. Every one of this package is this function with another spec. */
export const createHttpProvider = (spec: HttpProviderSpec): Provider => {
  const { name, dialect, models } = spec
  const reading: AnswerContext = { provider: name, dialect, now: spec.now }

  /** Settles on a good status; any other throws. */
  const send = async (body: unknown, accept: string, options: CallOptions): Promise<UpstreamAnswer> => {
    const request = toRequest(spec, JSON.stringify(body), { ...options.headers, accept })
    const answer = await openUpstream(spec.transport, request, { provider: name, signal: options.signal })
    await requireSuccess(answer, reading)
    return answer
  }

  const toContext = (model: string, { signal }: CallOptions): DecodeContext => ({
    provider: name,
    model,
    generateId: spec.generateId,
    signal,
  })

  return {
    name,
    dialects: [dialect.name],
    ...(models !== undefined && { models }),
    serves: (model) => models?.includes(model) === true || spec.servesName(model),

    async complete(request, options = {}) {
      const { body, warnings } = dialect.encodeRequest(request, { stream: false })
      const answer = await send(body, 'application/json', options)
      const response = dialect.decodeResponse(
        await readJson(answer, reading),
        toContext(request.model, options),
      )
      const all = [...warnings, ...(response.warnings ?? [])]
      return all.length === 0 ? response : { ...response, warnings: all }
    },

    async stream(request, options = {}) {
      const { body, warnings } = dialect.encodeRequest(request, { stream: true })
      const answer = await send(body, 'text/event-stream', options)
      await requireEventStream(answer, reading)
      const messages = decodeSse(answer.body, { signal: options.signal })
      const events = dialect.decodeStream(messages, toContext(request.model, options))
      return watch(events, { answer, warnings, provider: name, signal: options.signal })
    },

    async forward(wanted, body, sink, options = {}) {
      if (wanted !== dialect.name) {
        throw new ProviderError(
          `${name} speaks ${dialect.name}, not ${wanted}: translate the request instead.`,
          {
            code: 'unsupported',
            provider: name,
          },
        )
      }
      await relay(spec.transport, toRequest(spec, body, options.headers ?? {}), sink, {
        provider: name,
        signal: options.signal,
      })
    },
  }
}

const toRequest = (
  spec: HttpProviderSpec,
  body: string | Uint8Array,
  callHeaders: Readonly<Record<string, string>>,
): TransportRequest => ({
  url: spec.url,
  method: 'POST',
  headers: mergeHeaders({ configured: spec.headers, call: callHeaders, credentials: spec.credentials }),
  body,
})

/** Adds the request's warnings after the start, and says of every error which provider it came from. */
async function* watch(
  events: AsyncIterable<StreamEvent>,
  call: {
    answer: UpstreamAnswer
    warnings: readonly Warning[]
    provider: string
    signal: AbortSignal | undefined
  },
): AsyncGenerator<StreamEvent> {
  const { answer, warnings, provider, signal } = call
  try {
    for await (const event of events) {
      if (event.type === 'finish') answer.expectEnd()
      yield event
      if (event.type === 'start') for (const warning of warnings) yield { type: 'warning', warning }
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (isSseError(error)) {
      const message = `The upstream's event stream cannot be read: ${error.message}`
      throw new ProviderError(message, { code: 'bad-response', provider, cause: error })
    }
    throw isProviderError(error) ? nameProvider(error, provider) : error
  }
}
