import type { Hono } from 'hono'
import type { RequestEnv } from '../http/env.ts'
import type { Metrics } from '../metrics/metrics.ts'

/** `GET /metrics`, for Prometheus. */
export const metricsRoute = (app: Hono<RequestEnv>, metrics: Metrics): void => {
  app.get('/metrics', async (c) => c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }))
}
