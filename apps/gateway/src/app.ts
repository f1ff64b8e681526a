import { Hono } from 'hono'
import type { AppDeps } from './deps.ts'
import { authenticate } from './http/auth.ts'
import { createGauge, defaultCapacity } from './http/capacity.ts'
import type { RequestEnv } from './http/env.ts'
import { handleError, methodNotAllowed, noRoute } from './http/fallbacks.ts'
import { localGuard } from './http/local-guard.ts'
import { requestLog } from './http/request-log.ts'
import { createStreamTokens } from './http/stream-token.ts'
import { createViewers } from './http/viewers.ts'
import { contextRoutes } from './routes/context.ts'
import { healthRoutes, probeRoutes } from './routes/health.ts'
import { messageRoutes } from './routes/messages.ts'
import { metricsRoute } from './routes/metrics.ts'
import { openapiRoutes } from './routes/openapi.ts'
import { pageRoutes } from './routes/page.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { streamRoutes, streamTokenAuth } from './routes/stream.ts'
import { toolRoutes } from './routes/tools.ts'
import { turnRoutes } from './routes/turns.ts'
import { createV1, type V1 } from './v1/v1.ts'
import { answerWeb } from './v1/web-exchange.ts'

/**
 * The HTTP app: a function from Request to Response over its dependencies; it opens no socket and reads no environment.
 * What is under `/v1` has its own handling from end to end, and here only its way in.
 */
export const createApp = (deps: AppDeps, v1: V1 = createV1(deps)): Hono<RequestEnv> => {
  const now = deps.now ?? Date.now
  const tokens = createStreamTokens(deps.access, now)
  const streaming = {
    sessions: deps.sessions,
    viewers: createViewers((key, turnId) => deps.cancelTurn(key, turnId)),
    streams: createGauge('too_many_streams', 'streams'),
    capacity: { ...defaultCapacity, ...deps.capacity },
    closing: deps.closing,
    keepAliveMs: deps.keepAliveMs ?? 15_000,
  }

  deps.metrics.watch({
    openStreams: () => streaming.streams.count('all'),
    runningTurns: () => deps.agent.running(),
    health: () => deps.providers.health(),
  })

  const app = new Hono<RequestEnv>()
  app.onError(handleError)
  app.notFound(noRoute)
  app.all('/v1/*', (c) => answerWeb(v1.handle, c.req.raw))
  app.use(requestLog(deps, () => performance.now()))
  app.use(localGuard(deps.access))
  probeRoutes(app, deps)
  pageRoutes(app, deps)
  streamTokenAuth(app, deps.access, tokens)
  app.use(authenticate(deps.access))
  healthRoutes(app, deps)
  metricsRoute(app, deps.metrics)
  openapiRoutes(app, deps)
  sessionRoutes(app, deps)
  messageRoutes(app, deps, streaming)
  streamRoutes(app, deps, streaming, tokens)
  turnRoutes(app, deps)
  contextRoutes(app, deps)
  toolRoutes(app, deps)
  methodNotAllowed(app)
  return app
}
