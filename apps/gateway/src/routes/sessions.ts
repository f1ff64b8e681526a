import { isProviderError } from '@gateway/provider'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { badRequest } from '../http/api-error.ts'
import { type Caller, checkModelAllowed } from '../http/auth.ts'
import { readBody, readOptionalBody } from '../http/body.ts'
import type { RequestEnv } from '../http/env.ts'
import { toWireMessage, toWireSession } from '../wire/resources.ts'
import { createSessionSchema, forkSchema, updateSessionSchema } from './schema.ts'
import { checkTools, loadSession, noSession, pageOf, sessionKey } from './shared.ts'

/** Sessions: create, list, read, change, delete, fork; their messages. */
export const sessionRoutes = (app: Hono<RequestEnv>, deps: AppDeps): void => {
  const { sessions, agent } = deps

  // A model that nobody serves is refused when it is chosen, not at the first message.
  const checkModel = (caller: Caller, model: string) => {
    checkModelAllowed(caller, model)
    try {
      deps.providers.resolve(model)
    } catch (error) {
      if (isProviderError(error) && error.code === 'not-found')
        throw badRequest(error.message, 'model_not_found')
      throw error
    }
  }

  app.post('/api/sessions', async (c) => {
    const body = await readOptionalBody(c, createSessionSchema)
    const tenant = c.get('tenant')
    const model = body.model ?? deps.settings().defaultModel
    checkModel(c.get('caller'), model)
    checkTools(deps, c.get('caller'), body.tools)
    const state = await sessions.create({
      tenant,
      model,
      system: body.system,
      tools: body.tools,
      metadata: body.metadata,
      ttlMs: body.ttl_seconds === undefined ? undefined : body.ttl_seconds * 1000,
    })
    deps.metrics.sessionCreated(state.key)
    return c.json(toWireSession(state), 201, { location: `/api/sessions/${state.key.id}` })
  })

  app.get('/api/sessions', async (c) => {
    const page = await sessions.list(c.get('tenant'), pageOf(c))
    return c.json({
      object: 'list',
      data: page.data.map(toWireSession),
      next_cursor: page.nextCursor ?? null,
    })
  })

  app.get('/api/sessions/:id', async (c) => c.json(toWireSession(await loadSession(c, deps))))

  app.patch('/api/sessions/:id', async (c) => {
    const key = sessionKey(c)
    const body = await readBody(c, updateSessionSchema)
    if (body.model !== undefined) checkModel(c.get('caller'), body.model)
    checkTools(deps, c.get('caller'), body.tools)
    const { ttl_seconds, ...rest } = body
    const state = await sessions.update(key, {
      ...rest,
      ttlMs: ttl_seconds === undefined ? undefined : ttl_seconds * 1000,
    })
    if (state === undefined) throw noSession()
    return c.json(toWireSession(state))
  })

  app.delete('/api/sessions/:id', async (c) => {
    const key = sessionKey(c)
    await agent.cancelRunning(key)
    if (!(await sessions.delete(key))) throw noSession()
    return c.body(null, 204)
  })

  app.post('/api/sessions/:id/fork', async (c) => {
    const key = sessionKey(c)
    const body = await readOptionalBody(c, forkSchema)
    const state = await loadSession(c, deps)
    if (body.after_seq !== undefined && body.after_seq > state.seq) {
      throw badRequest(`after_seq: the session's log ends at ${state.seq}, before ${body.after_seq}.`)
    }
    const fork = await sessions.fork(key, { afterSeq: body.after_seq })
    if (fork === undefined) throw noSession()
    deps.metrics.sessionCreated(fork.key)
    return c.json(toWireSession(fork), 201, { location: `/api/sessions/${fork.key.id}` })
  })

  app.get('/api/sessions/:id/messages', async (c) => {
    const page = await sessions.messages(sessionKey(c), pageOf(c))
    if (page === undefined) throw noSession()
    return c.json({
      object: 'list',
      data: page.data.map(toWireMessage),
      next_cursor: page.nextCursor ?? null,
    })
  })
}
