import { createHash } from 'node:crypto'
import { createMiddleware } from 'hono/factory'
import { ApiError } from './api-error.ts'
import type { RequestEnv } from './env.ts'

/** A client's key, as its SHA-256 alone, and whose it is. */
export interface ApiKey {
  tenant: string
  sha256: string
}

/** The tenant of everybody while no keys are configured. */
const openTenant = 'default'

/** SHA-256 in hex. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Why a request is refused: constant, so that it tells nothing about keys. */
export const unauthorised = (): ApiError =>
  new ApiError(
    401,
    {
      type: 'authentication_error',
      code: 'unauthorized',
      message:
        'A valid API key is required, as "Authorization: Bearer KEY" or "x-api-key: KEY"; ' +
        'a stream also takes a fresh "?token=TOKEN".',
    },
    { 'www-authenticate': 'Bearer' },
  )

/** Who asks, by `Authorization: Bearer` or `x-api-key`. Without configured keys everybody is the open tenant. */
export const authenticate = (keys: readonly ApiKey[]) => {
  // Looked up by hash: how long it takes says nothing about how much of a key was right.
  const tenants = new Map(keys.map((key) => [key.sha256, key.tenant]))
  return createMiddleware<RequestEnv>(async function authenticateMiddleware(c, next) {
    if (c.get('tenant') === undefined) {
      const tenant = tenants.size === 0 ? openTenant : tenants.get(sha256(credential(c.req.raw.headers)))
      if (tenant === undefined) throw unauthorised()
      c.set('tenant', tenant)
    }
    await next()
  })
}

const credential = (headers: Headers): string => {
  const bearer = /^Bearer +(\S+)\s*$/i.exec(headers.get('authorization') ?? '')
  return bearer?.[1] ?? headers.get('x-api-key') ?? ''
}
