import type { Context, Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { badRequest, notFound } from '../http/api-error.ts'
import { parse, readJson } from '../http/body.ts'
import type { RequestEnv } from '../http/env.ts'
import { jsonValue } from './schema.ts'
import { loadSession, noSession, sessionKey } from './shared.ts'

const nameOf = (c: Context<RequestEnv>): string => {
  const name = c.req.param('key') ?? ''
  if (name === '' || name.length > 256)
    throw badRequest('The name of a context variable has 1 to 256 characters.')
  return name
}

const noVariable = () => notFound('There is no such context variable in this session.')

/** Context variables. The body of PUT, and the answer of GET, is the value itself: any JSON. */
export const contextRoutes = (app: Hono<RequestEnv>, deps: AppDeps): void => {
  const { sessions } = deps

  app.get('/api/sessions/:id/context/:key', async (c) => {
    const name = nameOf(c)
    const { context } = await loadSession(c, deps)
    const value = context.get(name)
    if (value === undefined) throw noVariable()
    return c.json(value)
  })

  app.put('/api/sessions/:id/context/:key', async (c) => {
    const name = nameOf(c)
    const key = sessionKey(c)
    const value = parse(jsonValue, await readJson(c))
    if (!(await sessions.setContext(key, name, value))) throw noSession()
    return c.json(value)
  })

  app.delete('/api/sessions/:id/context/:key', async (c) => {
    const name = nameOf(c)
    const { context, key } = await loadSession(c, deps)
    if (!context.has(name) || !(await sessions.deleteContext(key, name))) throw noVariable()
    return c.body(null, 204)
  })
}
