import type { Message } from '@gateway/provider'
import type { SessionKey, SessionState } from '@gateway/session'
import type { Context } from 'hono'
import type { AppDeps } from '../deps.ts'
import { badRequest, notFound } from '../http/api-error.ts'
import type { Caller } from '../http/auth.ts'
import { parse } from '../http/body.ts'
import type { RequestEnv } from '../http/env.ts'
import { pageSchema } from './schema.ts'

/** The answer to an id that is unknown, malformed, expired or another tenant's: one and the same. */
export const noSession = () => notFound('There is no such session. It may have expired or been deleted.')

/** The session of the path, for the tenant who asks. Malformed ids do not reach the store. */
export const sessionKey = (c: Context<RequestEnv>): SessionKey => {
  const id = c.req.param('id') ?? ''
  if (!/^sess_[A-Za-z0-9_-]{1,128}$/.test(id)) throw noSession()
  return { tenant: c.get('tenant'), id }
}

/** The session of the path. @throws ApiError 404. */
export const loadSession = async (c: Context<RequestEnv>, deps: AppDeps): Promise<SessionState<Message>> => {
  const state = await deps.sessions.get(sessionKey(c))
  if (state === undefined) throw noSession()
  return state
}

/** `?limit=&cursor=`. */
export const pageOf = (c: Context<RequestEnv>): { limit?: number | undefined; cursor?: string | undefined } =>
  parse(pageSchema, { limit: c.req.query('limit'), cursor: c.req.query('cursor') })

/** @throws ApiError 400 that names what there is. */
export const checkTools = (
  deps: AppDeps,
  { tenant, tools: allowed }: Caller,
  names: readonly string[] | null | undefined,
): void => {
  if (names === undefined || names === null) return
  const known = deps.tools.list({ tenant, allowed }).map((tool) => tool.name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw badRequest(
      `There is no tool "${unknown}". There are: ${known.join(', ') || 'none'}.`,
      'unknown_tool',
    )
  }
}

/** An integer seq of a header or query. @throws ApiError 400. */
export const seqOf = (value: string | undefined, what: string): number | undefined => {
  if (value === undefined || value === '') return undefined
  const seq = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(seq))
    throw badRequest(`${what} must be a seq, a whole number, not "${value.slice(0, 40)}".`)
  return seq
}
