import type { AppDeps } from '../deps.ts'
import { ApiError, notFound } from '../http/api-error.ts'
import type { Call } from './call.ts'
import { createCountTokens } from './count-tokens.ts'
import { createEmbeddings } from './embeddings.ts'
import type { Exchange } from './exchange.ts'
import { createForward } from './forward.ts'
import { createMeter } from './meter.ts'
import { createModels } from './models.ts'

/** What answers a request. */
export type Route = (call: Call) => Promise<void>

interface Resource {
  method: 'GET' | 'POST'
  route: Route
}

/** The routes by path. */
export type Routes = ReadonlyMap<string, Resource>

/** Makes the routes; each is made once and holds nothing of a request. */
export const createRoutes = (deps: AppDeps): Routes => {
  const { providers, settings, recordUsage: add, now = Date.now } = deps
  const meter = createMeter({ add, settings, now })
  const parts = { providers, settings, meter }
  const forward = createForward(parts)
  return new Map<string, Resource>([
    ['/v1/chat/completions', { method: 'POST', route: forward }],
    ['/v1/messages', { method: 'POST', route: forward }],
    ['/v1/messages/count_tokens', { method: 'POST', route: createCountTokens(parts) }],
    ['/v1/embeddings', { method: 'POST', route: createEmbeddings(parts) }],
    ['/v1/models', { method: 'GET', route: createModels(parts) }],
  ])
}

/** The path under which the routes have a request; undefined where they have none. */
export const patternOf = (routes: Routes, path: string): string | undefined => {
  const pattern = path.startsWith('/v1/models/') ? '/v1/models' : path
  return routes.has(pattern) ? pattern : undefined
}

/** The route of a request. @throws ApiError 404 and 405. */
export const findRoute = (routes: Routes, { path, method }: Exchange): Route => {
  const found = routes.get(patternOf(routes, path) ?? '')
  if (found === undefined) throw missing(path)
  if (method === found.method || (method === 'HEAD' && found.method === 'GET')) return found.route
  throw wrongMethod(method, found.method)
}

const missing = (path: string): ApiError => {
  if (path === '/v1/responses' || path.startsWith('/v1/responses/')) {
    const message = 'The Responses API is not supported yet. Use /v1/chat/completions.'
    return notFound(message, 'not_supported_yet')
  }
  const hint = path.startsWith('/v1/v1/')
    ? ' This client adds /v1 to its base URL itself: leave it out there.'
    : ''
  return notFound(`There is nothing at ${path.slice(0, 200)}.${hint}`)
}

const wrongMethod = (method: string, allowed: Resource['method']): ApiError => {
  const allow = allowed === 'GET' ? 'GET, HEAD' : allowed
  const body = {
    type: 'invalid_request_error',
    code: 'method_not_allowed',
    message: `${method.slice(0, 20)} is not possible here. Possible: ${allow}.`,
  }
  return new ApiError(405, body, { allow })
}
