import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import type { RequestEnv } from '../http/env.ts'
import { toSnake } from '../wire/resources.ts'

/** Is the process alive, and may it be given work? No key is needed. */
export const probeRoutes = (app: Hono<RequestEnv>, deps: AppDeps): void => {
  app.get('/livez', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', (c) =>
    deps.isReady()
      ? c.json({ status: 'ready' })
      : c.json({ status: 'draining' }, 503, { 'retry-after': '5' }),
  )
}

/** What runs here. */
export const healthRoutes = (app: Hono<RequestEnv>, deps: AppDeps): void => {
  app.get('/health', (c) =>
    c.json({
      status: 'ok',
      version: deps.version,
      store: { kind: deps.sessions.store.kind, durability: deps.sessions.store.durability },
      providers: deps.providers
        .list()
        .map((provider) => ({ name: provider.name, dialects: provider.dialects })),
      // Whom requests are sent to, and how that goes.
      targets: deps.providers.health().map(({ target, health }) => ({
        target,
        state: toSnake(health.state),
        failures: health.failures,
        cool_down_ms: Math.ceil(health.coolDownMs),
        first_token_ms: health.firstTokenMs === undefined ? null : Math.round(health.firstTokenMs),
        alarm: health.alarm ?? null,
      })),
      models: deps.providers.models(),
      default_model: deps.settings().defaultModel,
    }),
  )
}
