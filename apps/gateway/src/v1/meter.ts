import { costUsd, type Usage } from '@gateway/provider'
import type { LedgerRow } from '@gateway/session'
import { createEstimator } from '@gateway/tokenizer'
import type { AppSettings } from '../deps.ts'
import type { Call } from './call.ts'

/** Writes down what requests used. */
export interface Meter {
  /** What of a request's body is kept until it is known whether the provider counts: little, for each open stream. */
  keep(body: Uint8Array): Uint8Array | number
  /** Adds the row of a request whose answer has ended. Where the provider counted nothing, it is estimated. */
  count(call: Call): void
}

/** Bytes of a body that are kept and, if need be, counted at a stretch: a millisecond or two. */
const countedBytes = 64 * 1024

/** What a meter works with. `now`: milliseconds since the epoch. */
export interface MeterOptions {
  add(row: LedgerRow): void
  settings(): Pick<AppSettings, 'modelEntry'>
  now(): number
}

/** A meter over whatever keeps the rows. */
export const createMeter = ({ add, settings, now }: MeterOptions): Meter => ({
  keep: (body) => (body.byteLength <= countedBytes ? body : body.byteLength),
  count(call) {
    const { provider, model = call.model ?? '', usage: reported } = call.report ?? {}
    const usage = hasCounts(reported) ? reported : estimate(call, model, reported)
    if (usage !== reported) call.report = { ...call.report, usage }
    const counts = {
      inputTokens: toCount(usage.inputTokens),
      outputTokens: toCount(usage.outputTokens),
      cacheReadTokens: toCount(usage.cacheReadTokens),
      cacheWriteTokens: toCount(usage.cacheWriteTokens),
      reasoningTokens: toCount(usage.reasoningTokens),
    }
    if (provider !== undefined) {
      const cacheWrite1hTokens = toCount(usage.cacheWrite1hTokens)
      call.costUsd = costUsd(settings().modelEntry(provider, model), { ...counts, cacheWrite1hTokens })
    }
    add({
      tenant: call.caller.tenant,
      id: call.requestId,
      model: plainName.test(model) ? model : toPlainName(model),
      provider,
      at: now(),
      usage: counts,
      costUsd: call.costUsd,
      estimated: usage.estimated === true ? true : undefined,
    })
  },
})

// A name comes from a client; the ledger takes no more of it than it could store.
const plainName = /^[\x20-\x7e]{1,256}$/
const toPlainName = (model: string): string =>
  model.slice(0, 256).toWellFormed().replaceAll('\0', '') || 'unknown'

const hasCounts = (usage: Usage | undefined): usage is Usage =>
  usage !== undefined && (usage.inputTokens > 0 || usage.outputTokens > 0)

/** The provider's numbers are not ours: a row with one that cannot be counted with would be lost as a whole. */
const toCount = (tokens: number | undefined): number =>
  tokens !== undefined && Number.isSafeInteger(tokens) && tokens > 0 ? tokens : 0

/** The input, counted as the model would about count it; of a body that was not kept by its length alone. */
const estimate = ({ question = 0 }: Call, model: string, reported: Usage | undefined): Usage => {
  const inputTokens =
    typeof question === 'number'
      ? Math.ceil(question / 4)
      : createEstimator({ model }).countRequest(JSON.parse(new TextDecoder().decode(question)))
  return { inputTokens, outputTokens: reported?.outputTokens ?? 0, estimated: true }
}
