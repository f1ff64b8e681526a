import type { TurnReport } from '@gateway/agent'
import type { AttemptRecord, ProviderManager, Target, Usage } from '@gateway/provider'
import type { SessionKey } from '@gateway/session'
import type { ToolExecution } from '@gateway/tool'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { createAttemptMetrics } from './attempt-metrics.ts'
import { createGauges, type GaugeSources } from './gauges.ts'
import { createModelLabels } from './model-labels.ts'
import { createRequestMetrics } from './request-metrics.ts'
import { createSessionMetrics } from './session-metrics.ts'
import { createToolMetrics } from './tool-metrics.ts'

/** A request that was answered, or not. */
export interface RequestRecord {
  /** The pattern of its path; never the path itself. */
  route: string
  /** What the client was answered; 499 where it left first. */
  status: number
  durationMs: number
  /** One of a known set; undefined where nothing failed. */
  errorCode?: string | undefined
}

/** What a model's answer used. */
export interface AnswerRecord {
  provider: string
  /** As the client named it; shown only where it is configured or in the catalogue. */
  model: string
  usage?: Usage | undefined
  /** US dollars; undefined where a price is not known. */
  costUsd?: number | undefined
}

/** What the gateway counts about itself. No label takes a value that a client can make up. */
export interface Metrics {
  request(record: RequestRecord): void
  answer(record: AnswerRecord): void
  attempt(record: AttemptRecord): void
  turn(report: TurnReport): void
  tool(record: ToolExecution): void
  sessionCreated(key: SessionKey): void
  /** A message was accepted into a session. */
  message(key: SessionKey): void
  /** Which model names may be shown: those that these providers have, and those of the configured targets. */
  showModels(providers: ProviderManager, targets: readonly Target[]): void
  /** Where to read what is not counted but looked at; adds to what is known. */
  watch(sources: Partial<GaugeSources>): void
  /** All of it, in the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
}

/** Options of {@link createMetrics}. */
export interface MetricsOptions {
  /** Also what Node knows of the process: memory, CPU, event loop, collections. It starts observers. @defaultValue true */
  process?: boolean | undefined
  /** Milliseconds since the epoch. @defaultValue `Date.now` */
  now?: (() => number) | undefined
}

/** Metrics in a registry of their own. */
export const createMetrics = ({ process = true, now = Date.now }: MetricsOptions = {}): Metrics => {
  const registry = new Registry()
  if (process) collectDefaultMetrics({ register: registry })
  const labels = createModelLabels()
  const { request, answer } = createRequestMetrics(registry, labels)
  const { message, sessionCreated, turn } = createSessionMetrics(registry, labels, now)
  return {
    request,
    answer,
    attempt: createAttemptMetrics(registry, labels),
    message,
    sessionCreated,
    turn(report) {
      turn(report)
      const { model = '', usage, costUsd } = report.turn ?? {}
      // A turn knows the model that answered, and not who has it.
      if (usage !== undefined) answer({ provider: labels.providerOf(model), model, usage, costUsd })
    },
    tool: createToolMetrics(registry),
    showModels: labels.show,
    watch: createGauges(registry, labels),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
