import { decodeSse, isSseError } from '@gateway/sse'
import type { DecodeContext, Dialect } from '../dialects/dialect.ts'
import { readStream } from '../dialects/read-stream.ts'
import { isProviderError, ProviderError } from '../errors.ts'
import { type AnswerContext, readJson, requireEventStream, requireSuccess } from '../http/answer.ts'
import { mergeHeaders } from '../http/headers.ts'
import { toOwnError } from '../http/own-error.ts'
import { openUpstream, type UpstreamAnswer } from '../http/upstream.ts'
import type { CallOptions, Provider } from '../types/provider.ts'
import type { Transport, TransportRequest, TransportSink } from '../types/transport.ts'
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
  const { reading, send, relayTo, toContext, toFailure } = createCalls(spec)
  return {
    name,
    dialects: [dialect.name],
    ...(models !== undefined && { models }),
    serves: (model) => models?.includes(model) === true || spec.servesName(model),

    async complete(request, options = {}) {
      try {
        const { body, warnings } = dialect.encodeRequest(request, { stream: false })
        const answer = await readJson(await send(body, 'application/json', options), reading)
        const response = dialect.decodeResponse(answer, toContext(request.model))
        const all = [...warnings, ...(response.warnings ?? [])]
        return all.length === 0 ? response : { ...response, warnings: all }
      } catch (error) {
        throw toFailure(error, options.signal)
      }
    },

    async stream(request, options = {}) {
      try {
        const { body, warnings } = dialect.encodeRequest(request, { stream: true })
        const answer = await send(body, 'text/event-stream', options)
        await requireEventStream(answer, reading)
        const decoder = dialect.createStreamDecoder(toContext(request.model))
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

    async forward(wanted, body, sink, options = {}) {
      if (wanted !== dialect.name) {
        const message = `${name} speaks ${dialect.name}, not ${wanted}: translate the request instead.`
        throw new ProviderError(message, { code: 'unsupported', provider: name })
      }
      await relayTo(spec.url)(body, sink, options)
    },
    ...(embedUrl !== undefined && { embed: relayTo(embedUrl) }),
    ...(countTokensUrl !== undefined && { countTokens: relayTo(countTokensUrl) }),
  }
}

/** What both ways of asking have in common. */
const createCalls = (spec: HttpProviderSpec) => {
  const { name: provider, dialect, now, generateId } = spec
  const reading: AnswerContext = { provider, dialect, now }
  const secrets = Object.values(spec.credentials).map((value) => value.replace(/^Bearer /, ''))
  return {
    reading,

    /** Settles on a good status; any other throws. */
    async send(body: unknown, accept: string, options: CallOptions): Promise<UpstreamAnswer> {
      const headers = { ...options.headers, accept }
      const request = toRequest(spec, spec.url, JSON.stringify(body), headers)
      const answer = await openUpstream(spec.transport, request, { provider, signal: options.signal })
      await requireSuccess(answer, reading)
      return answer
    },

    /** Posts a client's own bytes to one address of ours. */
    relayTo:
      (url: string) =>
      (body: Uint8Array, sink: TransportSink, options: CallOptions = {}): Promise<void> => {
        const request = toRequest(spec, url, body, options.headers ?? {})
        return relay(spec.transport, request, sink, { provider, signal: options.signal })
      },

    toContext: (model: string): DecodeContext => ({ provider, model, generateId }),

    /** What a call fails with: an abort's reason as it is; a ProviderError that names us and quotes no key of ours. */
    toFailure(error: unknown, signal: AbortSignal | undefined): unknown {
      if (signal?.aborted) return signal.reason
      if (isProviderError(error)) return toOwnError(error, provider, secrets)
      if (!isSseError(error)) return error
      const message = `The upstream's event stream cannot be read: ${error.message}`
      return new ProviderError(message, { code: 'bad-response', provider, cause: error })
    },
  }
}

const toRequest = (
  spec: HttpProviderSpec,
  url: string,
  body: string | Uint8Array,
  callHeaders: Readonly<Record<string, string>>,
): TransportRequest => ({
  url,
  method: 'POST',
  headers: mergeHeaders({ configured: spec.headers, call: callHeaders, credentials: spec.credentials }),
  body,
})
