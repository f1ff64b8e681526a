import type { ToolExecution } from '@gateway/tool'
import type { Registry } from 'prom-client'
import { toSnake } from '../wire/resources.ts'
import { createCounter } from './counter.ts'
import { createHistogram } from './histogram.ts'

/** Calls of tools: how they ended, and how long they took. */
export const createToolMetrics = (registry: Registry): ((record: ToolExecution) => void) => {
  const calls = createCounter({
    name: 'gateway_tool_calls_total',
    help: 'Calls of tools, by how they ended; every status but ok is an error.',
    labelNames: ['tool', 'status'],
    registry,
  })
  const durations = createHistogram({
    name: 'gateway_tool_duration_seconds',
    help: 'From the call of a tool to its end, waiting for a place included.',
    labelNames: ['tool'],
    buckets: [0.001, 0.01, 0.1, 0.5, 1, 5, 15, 60],
    registry,
  })
  return ({ tool, status, durationMs }) => {
    // Models and clients make names up.
    const name = status === 'unknown-tool' ? 'unknown' : tool
    calls(name, toSnake(status)).add()
    durations(name).observe(durationMs / 1000)
  }
}
