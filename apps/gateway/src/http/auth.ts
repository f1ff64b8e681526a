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

const bearer = /^Bearer +(\S+)\s*$/i

/** Access by these keys; open without any. */
export const createAccess = (first: readonly ApiKey[]): Access => {
  let keys = first
  // Looked up by hash: how long it takes says nothing about how much of a key was right.
  let callers = byHash(first)
  // Headers that were good before, so that each is read and hashed once, in the one spelling that clients use. They are in
  // memory with every request that brings them. Apart from each other: one header's text is no key in the other.
  const knownBearers = new Map<string, Caller>()
  const knownKeys = new Map<string, Caller>()
  const look = (key: string, header: string, known: Map<string, Caller>): Caller | undefined => {
    const caller = callers.get(sha256(key))
    if (caller === undefined) return undefined
    const text = ownText(header)
    if (text === key || text === `Bearer ${key}`) known.set(text, caller)
    return caller
  }
  return {
    isOpen: () => keys.length === 0,
    find(authorization, apiKey) {
      if (keys.length === 0) return openCaller
      const header = authorization ?? ''
      const caller = knownBearers.get(header)
      if (caller !== undefined) return caller
      const key = bearer.exec(header)?.[1]
      if (key !== undefined) return look(key, header, knownBearers)
      const plain = apiKey ?? ''
      return knownKeys.get(plain) ?? look(plain, plain, knownKeys)
    },
    keys: () => keys,
    replace(next) {
      keys = next
      callers = byHash(next)
      knownBearers.clear()
      knownKeys.clear()
    },
  }
}

/** A header is a part of the text of all headers, and would keep that in memory. */
const ownText = (header: string): string => Buffer.from(header).toString()

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
