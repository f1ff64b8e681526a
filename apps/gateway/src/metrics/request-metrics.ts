import { Counter, Histogram, type Registry } from 'prom-client'
import { createChildren } from './children.ts'
import type { Metrics } from './metrics.ts'
import type { ModelLabels } from './model-labels.ts'

// Seconds: from what answers from memory to a model that thinks for minutes.
const durationBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

/** Requests by route, and answers of models by who gave them. */
export const createRequestMetrics = (
  registry: Registry,
  { labelOf }: ModelLabels,
): Pick<Metrics, 'request' | 'answer'> => {
  const registers = [registry]
  const requests = new Counter({
    name: 'gateway_requests_total',
    help: 'Requests by route and class of status. Of a client that left before its answer: 4xx.',
    labelNames: ['route', 'status'],
    registers,
  })
  const durations = new Histogram({
    name: 'gateway_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer; of streams under /api to their beginning.',
    labelNames: ['route'],
    buckets: durationBuckets,
    registers,
  })
  const errors = new Counter({
    name: 'gateway_request_errors_total',
    help: 'Requests that failed, by route and code of the error.',
    labelNames: ['route', 'code'],
    registers,
  })
  const ended = createChildren((route: string, status: string) => requests.labels(route, status))
  const lasted = createChildren((route: string) => durations.labels(route))
  const failed = createChildren((route: string, code: string) => errors.labels(route, code))
  const answers = createAnswerMetrics(registers)
  return {
    request({ route, status, durationMs, errorCode }) {
      ended(route, classOf(status)).inc()
      lasted(route).observe(durationMs / 1000)
      if (errorCode !== undefined) failed(route, errorCode).inc()
    },
    answer({ provider, model, usage, costUsd }) {
      const child = answers(provider, labelOf(model))
      if (costUsd === undefined) child.unpriced.inc()
      else child.cost.inc(costUsd)
      if (usage === undefined) return
      child.input.inc(countOf(usage.inputTokens))
      child.output.inc(countOf(usage.outputTokens))
      child.cacheRead.inc(countOf(usage.cacheReadTokens))
      child.cacheWrite.inc(countOf(usage.cacheWriteTokens))
    },
  }
}

const createAnswerMetrics = (registers: Registry[]) => {
  const labelNames = ['provider', 'model'] as const
  const tokens = new Counter({
    name: 'gateway_tokens_total',
    help: 'Tokens by kind. `input` is everything the model read, with cache_read and cache_write in it.',
    labelNames: [...labelNames, 'kind'],
    registers,
  })
  const cost = new Counter({
    name: 'gateway_cost_usd_total',
    help: 'What answers cost, in US dollars. Those without a known price are in gateway_unpriced_answers_total.',
    labelNames,
    registers,
  })
  const unpriced = new Counter({
    name: 'gateway_unpriced_answers_total',
    help: 'Answers of models without a known price.',
    labelNames,
    registers,
  })
  return createChildren((provider: string, model: string) => ({
    input: tokens.labels(provider, model, 'input'),
    output: tokens.labels(provider, model, 'output'),
    cacheRead: tokens.labels(provider, model, 'cache_read'),
    cacheWrite: tokens.labels(provider, model, 'cache_write'),
    cost: cost.labels(provider, model),
    unpriced: unpriced.labels(provider, model),
  }))
}

const classOf = (status: number): string => `${Math.floor(status / 100)}xx`

/** Providers send odd numbers; a counter only goes up. */
const countOf = (tokens: number | undefined): number =>
  tokens !== undefined && Number.isFinite(tokens) && tokens > 0 ? tokens : 0
