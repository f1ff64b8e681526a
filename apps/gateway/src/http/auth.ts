import { hash } from 'node:crypto'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { ApiError } from './api-error.ts'
import type { RequestEnv } from './env.ts'

/** Who asks, and what for at most. */
export interface Caller {
  tenant: string
  /** The only model names that it may ask for; undefined = all. */
  models?: readonly string[] | undefined
  /** The only tools that it may use; undefined = all that its tenant may. */
  tools?: readonly string[] | undefined
}

/** A client's key, as its SHA-256 alone, and whose it is. */
export interface ApiKey extends Caller {
  sha256: string
}

/** Which keys are good. They can be replaced while requests are served: each request is held to those it came under. */
export interface Access {
  /** Without keys everybody on this machine is the open tenant. */
  isOpen(): boolean
  /** Who asks, by the `authorization` and `x-api-key` headers; undefined where no key is good. */
  find(authorization: string | null | undefined, apiKey: string | null | undefined): Caller | undefined
  keys(): readonly ApiKey[]
  replace(keys: readonly ApiKey[]): void
}

/** Everybody while no keys are configured. */
const openCaller: Caller = { tenant: 'default' }

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

/** Access by these keys; open without any. */
export const createAccess = (first: readonly ApiKey[]): Access => {
  let keys = first
  // Looked up by hash: how long it takes says nothing about how much of a key was right.
  let callers = byHash(first)
  // Keys that were good before, so that each is hashed once. They are in memory with every request that brings them.
  const known = new Map<string, Caller>()
  const look = (key: string): Caller | undefined => {
    const caller = callers.get(sha256(key))
    if (caller !== undefined) known.set(key, caller)
    return caller
  }
  return {
    isOpen: () => keys.length === 0,
    find(authorization, apiKey) {
      if (keys.length === 0) return openCaller
      const bearer = /^Bearer +(\S+)\s*$/i.exec(authorization ?? '')
      const key = bearer?.[1] ?? apiKey ?? ''
      return known.get(key) ?? look(key)
    },
    keys: () => keys,
    replace(next) {
      keys = next
      callers = byHash(next)
      known.clear()
    },
  }
}

const byHash = (keys: readonly ApiKey[]): ReadonlyMap<string, Caller> =>
  new Map(keys.map((key) => [key.sha256, key]))

/** Gives routes the caller, or answers 401. One that was found before, by a stream token, stays. */
export const authenticate = (access: Access) =>
  createMiddleware<RequestEnv>(async function authenticateMiddleware(c, next) {
    if (c.get('caller') === undefined) {
      const { headers } = c.req.raw
      const caller = access.find(headers.get('authorization'), headers.get('x-api-key'))
      if (caller === undefined) throw unauthorised()
      setCaller(c, caller)
    }
    await next()
  })

/** Tells routes who asks. */
export const setCaller = (c: Context<RequestEnv>, caller: Caller): void => {
  c.set('caller', caller)
  c.set('tenant', caller.tenant)
}

/** @throws ApiError 403 where the caller's key names the models that it may ask for, and this is none of them. */
export const checkModelAllowed = ({ models }: Caller, model: string): void => {
  if (models === undefined || models.includes(model)) return
  const body = {
    type: 'permission_error',
    code: 'model_not_allowed',
    message: `This key may not ask for "${model.slice(0, 80)}". It may ask for: ${models.join(', ') || 'none'}.`,
  }
  throw new ApiError(403, body, {}, { param: 'model' })
}
