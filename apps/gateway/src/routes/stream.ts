import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { notFound } from '../http/api-error.ts'
import { type Access, setCaller, unauthorised } from '../http/auth.ts'
import { readOptionalBody } from '../http/body.ts'
import type { RequestEnv } from '../http/env.ts'
import { type EventStreamOptions, eventStream } from '../http/event-stream.ts'
import type { StreamTokens } from '../http/stream-token.ts'
import { toTime } from '../wire/resources.ts'
import { emptySchema } from './schema.ts'
import { loadSession, noSession, seqOf } from './shared.ts'

/** Lets `?token=` stand in for a key, on the stream alone. Registered before authentication. */
export const streamTokenAuth = (app: Hono<RequestEnv>, access: Access, tokens: StreamTokens): void => {
  app.use('/api/sessions/:id/stream', async (c, next) => {
    const token = c.req.query('token')
    if (token !== undefined && !access.isOpen()) {
      const key = tokens.verify(token, c.req.param('id'))
      if (key === undefined) throw unauthorised()
      setCaller(c, { tenant: key.tenant })
    }
    await next()
  })
}

/** `GET /api/sessions/:id/stream`: the log, replayed and then live; and tokens for it. */
export const streamRoutes = (
  app: Hono<RequestEnv>,
  deps: AppDeps,
  streaming: EventStreamOptions,
  tokens: StreamTokens,
): void => {
  app.get('/api/sessions/:id/stream', async (c) => {
    const after =
      seqOf(c.req.header('last-event-id'), 'Last-Event-ID') ?? seqOf(c.req.query('after'), 'after')
    const turnId = c.req.query('turn')
    const state = await loadSession(c, deps)
    const turn = turnId === undefined ? undefined : state.turns.get(turnId)
    if (turnId !== undefined && turn === undefined) throw notFound('There is no such turn in this session.')
    const running = state.runningTurn === undefined ? undefined : state.turns.get(state.runningTurn)
    const first = turn ?? running
    const start = first === undefined ? state.seq : first.startSeq - 1
    const from = turn === undefined ? (after ?? start) : Math.max(after ?? 0, start)
    // A turn that was read to its end: nothing more will come, and 204 tells an EventSource not to ask again.
    if (turn?.endSeq !== undefined && from >= turn.endSeq) return c.body(null, 204)
    // HEAD is answered like GET but for the body: nothing is opened for it.
    if (c.req.method === 'HEAD')
      return c.body(null, 200, { 'content-type': 'text/event-stream; charset=utf-8' })
    return eventStream(c, streaming, { key: state.key, after: from, turnId })
  })

  app.post('/api/sessions/:id/stream-token', async (c) => {
    await readOptionalBody(c, emptySchema)
    const state = await loadSession(c, deps)
    if (state === undefined) throw noSession()
    const { token, expiresAt } = tokens.issue(state.key)
    return c.json({ token, expires_at: toTime(expiresAt) }, 201)
  })
}
