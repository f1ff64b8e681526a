import {
  type CompletionRequest,
  type CompletionResponse,
  type ContentBlock,
  createCollector,
  type ProviderManager,
  type StreamEvent,
} from '@gateway/provider'
import { createDeltaWriter } from './delta-writer.ts'
import type { TurnLog } from './turn-log.ts'

/** One call of a model whose answer goes into the log as it streams. */
export interface ModelStepOptions {
  providers: ProviderManager
  log: TurnLog
  request: CompletionRequest
  messageId: string
  step: number
  signal: AbortSignal
  /** Gives a tool use an id that this session has not seen; providers repeat theirs. */
  uniqueToolId: (id: string) => string
}

/** `broken`: the call or its stream failed, or was aborted; `partial` is what had been streamed. */
export type ModelStepResult =
  | { status: 'answered'; response: CompletionResponse }
  | { status: 'broken'; error: unknown; partial: ContentBlock[]; started: boolean }

/** Runs the call; every outcome is a value. */
export const runModelStep = async (options: ModelStepOptions): Promise<ModelStepResult> => {
  const { providers, log, request, messageId, step, signal } = options
  const collector = createCollector()
  const deltas = createDeltaWriter(log, messageId, step)
  let started = false
  try {
    for await (const event of await providers.stream(request, { signal })) {
      // A provider may have buffered more; after an abort nothing of it is kept.
      signal.throwIfAborted()
      started = true
      const known = withUniqueId(event, options.uniqueToolId)
      collector.push(known)
      await deltas.write(known)
    }
    await deltas.close()
    return { status: 'answered', response: collector.response() }
  } catch (error) {
    // What was gathered is still written: it was received. If the log is what failed, that error is the cause.
    const cause = await deltas.close().then(
      () => error,
      (logError: unknown) => logError,
    )
    return { status: 'broken', error: cause, partial: collector.content(), started }
  }
}

const withUniqueId = (event: StreamEvent, uniqueToolId: (id: string) => string): StreamEvent =>
  event.type === 'tool-use-start' ? { ...event, id: uniqueToolId(event.id) } : event
