import { type ForwardReport, type OnBreak, onBreakModes, type ProviderManager } from '@gateway/provider'
import type { AppSettings } from '../deps.ts'
import { badRequest } from '../http/api-error.ts'
import { type ModelBody, readModelBody } from './body.ts'
import { answerOf, type Call } from './call.ts'
import type { Meter } from './meter.ts'

/** What the two hot routes work with. */
export interface ForwardDeps {
  providers: ProviderManager
  settings: () => AppSettings
  meter: Meter
}

/** `POST /v1/chat/completions` and `/v1/messages`: the body goes to whoever serves its model, the answer comes back. */
export const createForward = ({ providers, settings, meter }: ForwardDeps) => {
  // No frame that waits for the answer holds the body, which for thousands of streams is most of their memory.
  const start = (call: Call, { bytes, value }: ModelBody): Promise<ForwardReport> => {
    const { exchange, dialect, requestId } = call
    call.question = meter.keep(bytes)
    return providers.forward({ dialect, body: bytes, value, headers: exchange.headers }, answerOf(call), {
      signal: exchange.signal,
      requestId,
      onBreak: onBreakOf(exchange.headers['x-gateway-on-break']),
    })
  }
  const ask = async (call: Call) => start(call, await readModelBody(call, settings().defaultModel))

  return async (call: Call): Promise<void> => {
    try {
      call.report = await ask(call)
    } finally {
      // An answer that began has a price, also where its client did not wait for the end.
      if (call.exchange.isAnswered()) meter.count(call)
    }
  }
}

/** What the client wants of a stream that breaks off. @throws ApiError 400 */
const onBreakOf = (wish: string | undefined): OnBreak | undefined => {
  if (wish === undefined) return undefined
  const mode = onBreakModes.find((known) => known === wish)
  if (mode === undefined) throw badRequest(`x-gateway-on-break: must be one of ${onBreakModes.join(', ')}.`)
  return mode
}
