import { createMiddleware } from 'hono/factory'
import { ApiError } from './api-error.ts'
import type { Access } from './auth.ts'
import type { RequestEnv } from './env.ts'

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Is this host a name of this machine's loopback interface? With or without a port. */
export const isLoopbackHost = (host: string): boolean => {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  return loopbackNames.has(name) || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
}

/**
 * While access is open, only this machine may ask: a web page of another origin, and a foreign name that a DNS
 * server points here (DNS rebinding), are refused.
 *
 * @throws ApiError 403.
 */
export const checkLocal = (host = '', origin?: string | undefined): void => {
  if (!isLoopbackHost(host)) throw forbidden('host', host)
  if (origin !== undefined && !isSameOrigin(origin, host)) throw forbidden('origin', origin)
}

/** The same as middleware. */
export const localGuard = (access: Access) =>
  createMiddleware<RequestEnv>(async function localGuardMiddleware(c, next) {
    if (access.isOpen()) checkLocal(c.req.header('host'), c.req.header('origin'))
    await next()
  })

const isSameOrigin = (origin: string, host: string): boolean => {
  if (!URL.canParse(origin)) return false
  const url = new URL(origin)
  return url.protocol === 'http:' && url.host === host.toLowerCase()
}

const forbidden = (what: 'host' | 'origin', value: string): ApiError =>
  new ApiError(403, {
    type: 'permission_error',
    code: `forbidden_${what}`,
    message:
      `Without GATEWAY_API_KEYS this gateway answers only this machine; the ${what} "${value.slice(0, 80)}" ` +
      'is not accepted. Set GATEWAY_API_KEYS to serve others.',
  })
