import type { ClientDialectName } from '@gateway/provider'
import type { AppDeps } from '../deps.ts'
import { ApiError, notFound } from '../http/api-error.ts'
import type { Call } from './call.ts'
import { createCountTokens } from './count-tokens.ts'
import { dialectOf } from './dialect-of.ts'
import { createEmbeddings } from './embeddings.ts'
import type { Exchange } from './exchange.ts'
import { createForward } from './forward.ts'
import { createMeter } from './meter.ts'
import { createModels } from './models.ts'

/** What answers a request, and in whose shape its errors are. */
export interface Route {
  dialect: ClientDialectName
  run(call: Call): Promise<void>
}

interface Resource extends Route {
  method: 'GET' | 'POST'
}

/** The routes by path. */
export type Routes = ReadonlyMap<string, Resource>

/** Makes the routes; each is made once and holds nothing of a request. */
export const createRoutes = (deps: AppDeps): Routes => {
  const meter = createMeter(deps.recordUsage, deps.now ?? Date.now)
  const parts = { providers: deps.providers, defaultModel: deps.defaultModel, meter }
  const forward = createForward(parts)
  return new Map<string, Resource>([
    ['/v1/chat/completions', { method: 'POST', dialect: 'openai-chat', run: forward }],
    ['/v1/messages', { method: 'POST', dialect: 'anthropic-messages', run: forward }],
    [
      '/v1/messages/count_tokens',
      { method: 'POST', dialect: 'anthropic-messages', run: createCountTokens(parts) },
    ],
    ['/v1/embeddings', { method: 'POST', dialect: 'openai-chat', run: createEmbeddings(parts) }],
    ['/v1/models', { method: 'GET', dialect: 'openai-chat', run: createModels(parts) }],
  ])
}

/** The route of a request. A path or method that there is not is a route too: one that says so, to those with a key. */
export const findRoute = (routes: Routes, exchange: Exchange): Route => {
  const { path, method } = exchange
  const found = routes.get(path.startsWith('/v1/models/') ? '/v1/models' : path)
  if (found === undefined) return { dialect: dialectOf(exchange), run: () => Promise.reject(missing(path)) }
  const dialect = found.method === 'GET' ? dialectOf(exchange) : found.dialect
  if (method === found.method || (method === 'HEAD' && found.method === 'GET')) {
    return dialect === found.dialect ? found : { dialect, run: found.run }
  }
  return { dialect, run: () => Promise.reject(wrongMethod(method, found.method)) }
}

const missing = (path: string): ApiError => {
  if (path === '/v1/responses' || path.startsWith('/v1/responses/')) {
    const message = 'The Responses API is not supported yet. Use /v1/chat/completions.'
    return notFound(message, 'not_supported_yet')
  }
  const hint = path.startsWith('/v1/v1/')
    ? ' The base URL of Anthropic clients has no /v1 at its end, that of OpenAI clients has one.'
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
