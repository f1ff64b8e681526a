import { ProviderError, type ResolvedModel, type TransportSink, toPassedHeaders } from '@gateway/provider'
import { answeredBy, answerOf, type Call } from './call.ts'

/** Milliseconds for an answer that comes as a whole. */
const totalMs = 600_000

/**
 * Hands a whole answer of a provider on, byte for byte. Rejects with the ProviderError of any that is no success.
 * `look` sees the bytes that pass.
 */
export const relayAnswer = async (
  call: Call,
  { provider, model }: ResolvedModel,
  send: (sink: TransportSink) => Promise<void>,
  look: (bytes: Uint8Array) => void = () => {},
): Promise<void> => {
  const answer = answerOf(call)
  let failure: { error: unknown } | undefined
  const sink: TransportSink = {
    head(status, headers) {
      answer.head(status, {
        ...toPassedHeaders(headers),
        'content-type': headers['content-type'] ?? 'application/json',
        ...answeredBy(provider.name, model),
      })
    },
    data(bytes) {
      look(bytes)
      return answer.data(bytes)
    },
    ready: answer.ready,
    end: answer.end,
    error(error) {
      failure = { error }
    },
  }
  const timer = setTimeout(() => {
    const message = `${provider.name} did not answer within ${totalMs / 1000} seconds.`
    call.exchange.abort(new ProviderError(message, { code: 'timeout', provider: provider.name }))
  }, totalMs)
  try {
    await send(sink)
  } finally {
    clearTimeout(timer)
  }
  if (failure !== undefined) throw failure.error
}
