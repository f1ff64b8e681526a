import { hash } from 'node:crypto'
import { createMiddleware } from 'hono/factory'
import { ApiError } from './api-error.ts'
import type { RequestEnv } from './env.ts'

/** A client's key, as its SHA-256 alone, and whose it is. */
export interface ApiKey {
  tenant: string
  sha256: string
}

/** Finds the tenant of a request by its `authorization` and `x-api-key` headers; undefined where no key is good. */
export type Authenticator = (
  authorization: string | null | undefined,
  apiKey: string | null | undefined,
) => string | undefined

/** The tenant of everybody while no keys are configured. */
const openTenant = 'default'

/** SHA-256 in hex. */
export const sha256 = (text: string): string => hash('sha256', text)

/** Why a request is refused: constant, so that it tells nothing about keys. */
export const unauthorised = (also = '; a stream also takes a fresh "?token=TOKEN".'): ApiError =>
  new ApiError(
    401,
    {
      type: 'authentication_error',
      code: 'unauthorized',
      message: `A valid API key is required, as "Authorization: Bearer KEY" or "x-api-key: KEY"${also}`,
    },
    { 'www-authenticate': 'Bearer' },
  )

/** Who asks. Without configured keys everybody is the open tenant. */
export const createAuthenticator = (keys: readonly ApiKey[]): Authenticator => {
  if (keys.length === 0) return () => openTenant
  // Looked up by hash: how long it takes says nothing about how much of a key was right.
  const tenants = new Map(keys.map((key) => [key.sha256, key.tenant]))
  return (authorization, apiKey) => {
    const bearer = /^Bearer +(\S+)\s*$/i.exec(authorization ?? '')
    return tenants.get(sha256(bearer?.[1] ?? apiKey ?? ''))
  }
}

/** Gives routes the tenant, or answers 401. A tenant that was found before, by a stream token, stays. */
export const authenticate = (tenantOf: Authenticator) =>
  createMiddleware<RequestEnv>(async function authenticateMiddleware(c, next) {
    if (c.get('tenant') === undefined) {
      const { headers } = c.req.raw
      const tenant = tenantOf(headers.get('authorization'), headers.get('x-api-key'))
      if (tenant === undefined) throw unauthorised()
      c.set('tenant', tenant)
    }
    await next()
  })
