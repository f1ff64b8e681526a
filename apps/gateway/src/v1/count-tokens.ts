import { type ProviderManager, toRelayBody, toRelayedHeaders } from '@gateway/provider'
import { countAsync, getTokenizer, isTokenizerError } from '@gateway/tokenizer'
import type { AppSettings } from '../deps.ts'
import { badRequest } from '../http/api-error.ts'
import { readModelBody } from './body.ts'
import { answeredBy, type Call, withIds } from './call.ts'
import { relayAnswer } from './relay.ts'

/** Bytes of a body that are counted at a stretch; a larger one is counted in slices. */
const atOnceBytes = 64 * 1024

/**
 * `POST /v1/messages/count_tokens`: asked of the provider where it counts, else counted here, as a model of that name
 * would or about so.
 */
export const createCountTokens =
  ({ providers, settings }: { providers: ProviderManager; settings: () => AppSettings }) =>
  async (call: Call): Promise<void> => {
    const { exchange } = call
    const body = await readModelBody(call, settings().defaultModel)
    const target = providers.resolve(body.model)
    const { provider, model } = target
    if (provider.countTokens !== undefined) {
      const bytes = toRelayBody(body.bytes, body.value, { model, includeUsage: false })
      const options = { signal: exchange.signal, headers: toRelayedHeaders(exchange.headers) }
      return relayAnswer(call, target, async (sink) => provider.countTokens?.(bytes, sink, options))
    }
    const tokenizer = await getTokenizer(model)
    const inputTokens = await count(async () =>
      body.bytes.byteLength <= atOnceBytes
        ? tokenizer.countRequest(body.value)
        : countAsync(tokenizer, body.value, { signal: exchange.signal }),
    )
    call.status = 200
    const headers = { 'content-type': 'application/json', ...answeredBy(provider.name, model) }
    exchange.send(200, withIds(call, headers), JSON.stringify({ input_tokens: inputTokens }))
  }

/** What cannot be counted is no request. */
const count = async (run: () => Promise<number>): Promise<number> => {
  try {
    return await run()
  } catch (error) {
    if (isTokenizerError(error)) throw badRequest(error.message)
    throw error
  }
}
