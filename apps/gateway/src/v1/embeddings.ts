import { type ProviderManager, toRelayBody, toRelayedHeaders } from '@gateway/provider'
import type { AppSettings } from '../deps.ts'
import { ApiError } from '../http/api-error.ts'
import { readModelBody } from './body.ts'
import type { Call } from './call.ts'
import type { Meter } from './meter.ts'
import { relayAnswer } from './relay.ts'

/** What embeddings work with. */
export interface EmbeddingsDeps {
  providers: ProviderManager
  settings: () => AppSettings
  meter: Meter
}

/** `POST /v1/embeddings`: the client's bytes and the provider's, whatever encoding they agree on. */
export const createEmbeddings =
  ({ providers, settings, meter }: EmbeddingsDeps) =>
  async (call: Call): Promise<void> => {
    const { exchange } = call
    const body = await readModelBody(call, settings().defaultModel)
    call.question = meter.keep(body.bytes)
    const target = providers.resolve(body.model)
    const { provider, model } = target
    if (provider.embed === undefined) throw noEmbeddings(providers, body.model, provider.name)
    const usage = createUsageFinder()
    const bytes = toRelayBody(body.bytes, body.value, { model, includeUsage: false })
    const options = { signal: exchange.signal, headers: toRelayedHeaders(exchange.headers) }
    await relayAnswer(call, target, async (sink) => provider.embed?.(bytes, sink, options), usage.look)
    const inputTokens = usage.inputTokens()
    call.report = {
      ...call.report,
      attempts: 1,
      isRelay: true,
      stream: false,
      ...(inputTokens !== undefined && { usage: { inputTokens, outputTokens: 0 } }),
    }
    meter.count(call)
  }

const noEmbeddings = (providers: ProviderManager, model: string, name: string): ApiError => {
  const able = providers
    .list()
    .filter(({ embed }) => embed !== undefined)
    .map((provider) => provider.name)
  const hint =
    able.length === 0 ? 'No configured provider has them.' : `Ask for a model of ${able.join(' or ')}.`
  const body = {
    type: 'invalid_request_error',
    code: 'embeddings_not_supported',
    message: `${name}, which serves "${model.slice(0, 80)}", has no embeddings. ${hint}`,
  }
  return new ApiError(400, body, {}, { param: 'model' })
}

/** Bytes at the end of an answer in which its usage stands, behind megabytes of numbers that nobody needs to parse. */
const tailBytes = 1024

const createUsageFinder = () => {
  const utf8 = new TextDecoder()
  let tail = ''
  return {
    look(bytes: Uint8Array) {
      tail = (tail + utf8.decode(bytes.subarray(-tailBytes))).slice(-tailBytes)
    },
    inputTokens(): number | undefined {
      const found = /"prompt_tokens"\s*:\s*(\d+)/.exec(tail)?.[1]
      return found === undefined ? undefined : Number(found)
    },
  }
}
