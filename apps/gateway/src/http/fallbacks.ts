import { isAgentError } from '@gateway/agent'
import type { Context, Hono } from 'hono'
import { ApiError, notFound } from './api-error.ts'
import type { RequestEnv } from './env.ts'
import { errorResponse, toApiError } from './error-response.ts'
import { dropStream } from './json-body.ts'

/** Renders whatever a route threw. What is our fault goes to the log in full, and to the client without detail. */
export const handleError = async (error: unknown, c: Context<RequestEnv>): Promise<Response> => {
  const requestId = c.get('requestId')
  const { raw } = c.req
  // The client is gone: nobody reads this, and it is nobody's fault.
  if (raw.signal.aborted) return new Response(null, { status: 499 })
  const isReusable = raw.bodyUsed || (await dropStream(raw.body, c.req.header('content-length')))
  const known = toApiError(error)
  c.set('errorCode', known.code)
  // A server that drains refuses as it should.
  const expected = known === error || (isAgentError(error) && error.code === 'shutting-down')
  if (known.status >= 500 && !expected) c.get('log').error({ err: error }, 'request failed')
  const response = errorResponse(known, requestId)
  if (!isReusable) response.headers.set('connection', 'close')
  return response
}

/** 404 in the JSON form. */
export const noRoute = (c: Context<RequestEnv>): Response =>
  errorResponse(
    notFound(`There is nothing at ${c.req.method} ${c.req.path.slice(0, 200)}.`),
    c.get('requestId'),
  )

/** 405 with `Allow` for a known path and another method. Call it after all routes. */
export const methodNotAllowed = (app: Hono<RequestEnv>): void => {
  const methods = new Map<string, Set<string>>()
  for (const { method, path } of app.routes) {
    if (method === 'ALL') continue
    const known = methods.get(path) ?? new Set<string>()
    methods.set(path, known.add(method))
    if (method === 'GET') known.add('HEAD')
  }
  for (const [path, known] of methods) {
    const allow = [...known].sort().join(', ')
    app.all(path, (c) => {
      const body = {
        type: 'invalid_request_error',
        code: 'method_not_allowed',
        message: `${c.req.method} is not possible here. Possible: ${allow}.`,
      }
      throw new ApiError(405, body, { allow })
    })
  }
}
