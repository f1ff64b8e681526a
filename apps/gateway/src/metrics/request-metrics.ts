import type { Registry } from 'prom-client'
import { createChildren } from './children.ts'
import { createCounter } from './counter.ts'
import { createHistogram } from './histogram.ts'
import type { Metrics } from './metrics.ts'
import type { ModelLabels } from './model-labels.ts'

// Seconds: from what answers from memory to a model that thinks for minutes.
const durationBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

/** Requests by route, and answers of models by who gave them. */
export const createRequestMetrics = (
  registry: Registry,
  { labelOf }: ModelLabels,
): Pick<Metrics, 'request' | 'answer'> => {
  const requests = createCounter({
    name: 'gateway_requests_total',
    help: 'Requests by route and class of status. Of a client that left before its answer: 4xx.',
    labelNames: ['route', 'status'],
    registry,
  })
  const durations = createHistogram({
    name: 'gateway_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer; of streams under /api to their beginning.',
    labelNames: ['route'],
    buckets: durationBuckets,
    registry,
  })
  const errors = createCounter({
    name: 'gateway_request_errors_total',
    help: 'Requests that failed, by route and code of the error.',
    labelNames: ['route', 'code'],
    registry,
  })
  const answers = createAnswerMetrics(registry)
  const ended = createChildren((route: string, status: string) => ({
    count: requests(route, status),
    lasted: durations(route),
  }))
  return {
    request({ route, status, durationMs, errorCode }) {
      const child = ended(route, classOf(status))
      child.count.add()
      child.lasted.observe(durationMs / 1000)
      if (errorCode !== undefined) errors(route, errorCode).add()
    },
    answer({ provider, model, usage, costUsd }) {
      const child = answers(provider, labelOf(model))
      if (costUsd === undefined) child.unpriced.add()
      else child.cost.add(costUsd)
      if (usage === undefined) return
      child.input.add(usage.inputTokens)
      child.output.add(usage.outputTokens)
      child.cacheRead.add(usage.cacheReadTokens ?? 0)
      child.cacheWrite.add(usage.cacheWriteTokens ?? 0)
    },
  }
}

const createAnswerMetrics = (registry: Registry) => {
  const labelNames = ['provider', 'model'] as const
  const tokens = createCounter({
    name: 'gateway_tokens_total',
    help: 'Tokens by kind. `input` is everything the model read, with cache_read and cache_write in it.',
    labelNames: [...labelNames, 'kind'],
    registry,
  })
  const cost = createCounter({
    name: 'gateway_cost_usd_total',
    help: 'What answers cost, in US dollars. Those without a known price are in gateway_unpriced_answers_total.',
    labelNames,
    registry,
  })
  const unpriced = createCounter({
    name: 'gateway_unpriced_answers_total',
    help: 'Answers of models without a known price.',
    labelNames,
    registry,
  })
  return createChildren((provider: string, model: string) => ({
    input: tokens(provider, model, 'input'),
    output: tokens(provider, model, 'output'),
    cacheRead: tokens(provider, model, 'cache_read'),
    cacheWrite: tokens(provider, model, 'cache_write'),
    cost: cost(provider, model),
    unpriced: unpriced(provider, model),
  }))
}

const classOf = (status: number): string => `${Math.floor(status / 100)}xx`
