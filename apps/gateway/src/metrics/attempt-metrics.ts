import type { AttemptRecord } from '@gateway/provider'
import type { Registry } from 'prom-client'
import { toSnake } from '../wire/resources.ts'
import { createChildren } from './children.ts'
import { createCounter } from './counter.ts'
import { createHistogram } from './histogram.ts'
import type { ModelLabels } from './model-labels.ts'

/** How each request to a provider ended, and what followed. */
export const createAttemptMetrics = (
  registry: Registry,
  { labelOf }: ModelLabels,
): ((record: AttemptRecord) => void) => {
  const labelNames = ['provider', 'model', 'code']
  const attempts = createCounter({
    name: 'gateway_attempts_total',
    help: 'Requests to providers, by the code of their error, or ok.',
    labelNames,
    registry,
  })
  const retries = createCounter({
    name: 'gateway_retries_total',
    help: 'Failed attempts after which the same target was asked again.',
    labelNames,
    registry,
  })
  const fallbacks = createCounter({
    name: 'gateway_fallbacks_total',
    help: 'Failed attempts after which the next target was asked.',
    labelNames,
    registry,
  })
  const firstToken = createHistogram({
    name: 'gateway_first_token_seconds',
    help: 'From the start of a request to a provider to the first content of its answer.',
    labelNames: ['provider', 'model'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120],
    registry,
  })
  const durations = createHistogram({
    name: 'gateway_attempt_duration_seconds',
    help: 'From the start of a request to a provider to the end of its answer, good or bad.',
    labelNames: ['provider', 'model'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
    registry,
  })
  const children = createChildren((provider: string, model: string, code: string) => ({
    firstToken: firstToken(provider, model),
    duration: durations(provider, model),
    nothing: attempts(provider, model, code),
    same: retries(provider, model, code),
    next: fallbacks(provider, model, code),
  }))
  return ({ target, error, followedBy, firstTokenMs, durationMs }) => {
    const child = children(
      target.provider,
      labelOf(target.model),
      error === undefined ? 'ok' : toSnake(error.code),
    )
    child.duration.observe(durationMs / 1000)
    if (firstTokenMs !== undefined) child.firstToken.observe(firstTokenMs / 1000)
    child.nothing.add()
    if (followedBy !== 'nothing') child[followedBy].add()
  }
}
