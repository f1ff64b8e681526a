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

/** What is at a path. */
export interface Resource {
  /** The path as it is counted: one for all that it stands for. */
  pattern: string
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
  const resources: Resource[] = [
    { pattern: '/v1/chat/completions', method: 'POST', route: forward },
    { pattern: '/v1/messages', method: 'POST', route: forward },
    { pattern: '/v1/messages/count_tokens', method: 'POST', route: createCountTokens(parts) },
    { pattern: '/v1/embeddings', method: 'POST', route: createEmbeddings(parts) },
    { pattern: '/v1/models', method: 'GET', route: createModels(parts) },
  ]
  return new Map(resources.map((resource) => [resource.pattern, resource]))
}

/** What the routes have at a path; undefined where they have nothing. */
export const findResource = (routes: Routes, path: string): Resource | undefined =>
  routes.get(path.startsWith('/v1/models/') ? '/v1/models' : path)

/** The route of a request. @throws ApiError 404 and 405. */
export const routeOf = (found: Resource | undefined, { path, method }: Exchange): Route => {
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
