import { decodeSse, isSseError } from '@gateway/sse'
import type { DecodeContext, Dialect } from '../dialects/dialect.ts'
import { readStream } from '../dialects/read-stream.ts'
import { isProviderError, ProviderError } from '../errors.ts'
import { type AnswerContext, readJson, requireEventStream, requireSuccess } from '../http/answer.ts'
import { endsLine } from '../http/ends-line.ts'
import { createHeaders } from '../http/headers.ts'
import { toOwnError } from '../http/own-error.ts'
import { openUpstream, type UpstreamAnswer } from '../http/upstream.ts'
import type { CallOptions, Provider, RelaySupport } from '../types/provider.ts'
import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'
import { withOnData } from './on-data.ts'
import { pushStream } from './push-stream.ts'
import { relay } from './relay.ts'

/** A provider as data: an endpoint, its credentials and the dialect that is spoken there. */
export interface HttpProviderSpec {
  name: string
  dialect: Dialect
  /** Where requests are posted. */
  url: string
  /** Where embeddings are asked for, in OpenAI's form. */
  embedUrl?: string | undefined
  /** Where the tokens of a request are counted, in Anthropic's form. */
  countTokensUrl?: string | undefined
  /** Does it take `stream_options`? @defaultValue true */
  streamUsage?: boolean | undefined
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
  const { name, dialect, models, embedUrl, countTokensUrl } = spec
  const { reading, secrets, toRequest, send, relayTo, relaySupport, toContext, toFailure } = createCalls(spec)
  const relayChat = relayTo(spec.url)
  return {
    name,
    dialects: [dialect.name],
    ...(models !== undefined && { models }),
    relay: relaySupport,
    serves: (model) => models?.includes(model) === true || spec.servesName(model),

    async complete(request, options = {}) {
      try {
        const { body, warnings, toolNames } = dialect.encodeRequest(request, { stream: false })
        const answer = await readJson(await send(body, 'application/json', options), reading)
        const response = dialect.decodeResponse(answer, toContext(request.model, toolNames))
        const all = [...warnings, ...(response.warnings ?? [])]
        return all.length === 0 ? response : { ...response, warnings: all }
      } catch (error) {
        throw toFailure(error, options.signal)
      }
    },

    async stream(request, options = {}) {
      try {
        const { body, warnings, toolNames } = dialect.encodeRequest(request, { stream: true })
        const answer = await send(body, 'text/event-stream', options)
        await requireEventStream(answer, reading)
        const decoder = dialect.createStreamDecoder(toContext(request.model, toolNames))
        // Without the signal: the body heeds it, and each listener of a stream is memory.
        return readStream(decodeSse(answer.body), decoder, {
          warnings,
          signal: options.signal,
          onFinish: answer.expectEnd,
          toFailure,
        })
      } catch (error) {
        throw toFailure(error, options.signal)
      }
    },

    // Neither is async, as a function that waits holds what it was given, the whole prompt with it.
    streamTo(request, sink, options = {}) {
      try {
        const { signal } = options
        const { body, warnings, toolNames } = dialect.encodeRequest(request, { stream: true })
        const decoder = dialect.createStreamDecoder(toContext(request.model, toolNames))
        const sent = toRequest(spec.url, JSON.stringify(body), 'text/event-stream', options)
        const pushing = { sink, decoder, warnings, reading, secrets, signal, toFailure }
        return pushStream(withOnData(spec.transport, options.onData, endsLine), sent, pushing)
      } catch (error) {
        return Promise.reject(toFailure(error, options.signal))
      }
    },

    forward(wanted, body, sink, options) {
      if (wanted === dialect.name) return relayChat(body, sink, options)
      const message = `${name} speaks ${dialect.name}, not ${wanted}: translate the request instead.`
      return Promise.reject(new ProviderError(message, { code: 'unsupported', provider: name }))
    },
    ...(embedUrl !== undefined && { embed: relayTo(embedUrl) }),
    ...(countTokensUrl !== undefined && { countTokens: relayTo(countTokensUrl) }),
  }
}

/** What all ways of asking have in common. */
const createCalls = (spec: HttpProviderSpec) => {
  const { name: provider, dialect, transport, now, generateId } = spec
  const reading: AnswerContext = { provider, dialect, now }
  const secrets = Object.values(spec.credentials).map((value) => value.replace(/^Bearer /, ''))
  const toHeaders = createHeaders({ configured: spec.headers, credentials: spec.credentials })
  const relaySupport: RelaySupport = {
    streamUsage: spec.streamUsage ?? true,
    toOwnError: (error) => toOwnError(error, provider, secrets),
  }

  const toRequest = (
    url: string,
    body: string | Uint8Array,
    accept: string | undefined,
    call: CallOptions,
  ): TransportRequest => {
    const headers = toHeaders(call.headers ?? {})
    if (accept !== undefined) headers.accept = accept
    return { url, method: 'POST', headers, body, connectTimeoutMs: call.connectTimeoutMs }
  }

  return {
    reading,
    secrets,
    toRequest,
    relaySupport,

    /** Settles on a good status; any other throws. */
    async send(body: unknown, accept: string, options: CallOptions): Promise<UpstreamAnswer> {
      const request = toRequest(spec.url, JSON.stringify(body), accept, options)
      const counts = accept === 'text/event-stream' ? endsLine : undefined
      const watched = withOnData(transport, options.onData, counts)
      const answer = await openUpstream(watched, request, { provider, signal: options.signal })
      await requireSuccess(answer, reading)
      return answer
    },

    /** Posts a client's own bytes to one address of ours. */
    relayTo:
      (url: string) =>
      (body: Uint8Array, sink: TransportSink, options: CallOptions = {}): Promise<void> => {
        const request = toRequest(url, body, undefined, options)
        return relay(transport, request, sink, { reading, secrets, signal: options.signal })
      },

    toContext: (model: string, toolNames: DecodeContext['toolNames']): DecodeContext => ({
      provider,
      model,
      generateId,
      toolNames,
    }),

    /** What a call fails with: an abort's reason as it is; a ProviderError that names us and quotes no key of ours. */
    toFailure(error: unknown, signal?: AbortSignal): unknown {
      if (signal?.aborted) return signal.reason
      if (isProviderError(error)) return toOwnError(error, provider, secrets)
      if (!isSseError(error)) return error
      const message = `The upstream's event stream cannot be read: ${error.message}`
      return new ProviderError(message, { code: 'bad-response', provider, cause: error })
    },
  }
}
