import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { notFound } from '../http/api-error.ts'
import { readOptionalBody } from '../http/body.ts'
import type { RequestEnv } from '../http/env.ts'
import { toWireTurn } from '../wire/resources.ts'
import { emptySchema } from './schema.ts'
import { loadSession } from './shared.ts'

const noTurn = () => notFound('There is no such turn in this session.')

/** Turns: read one, cancel one. */
export const turnRoutes = (app: Hono<RequestEnv>, deps: AppDeps): void => {
  app.get('/api/sessions/:id/turns/:turn', async (c) => {
    const state = await loadSession(c, deps)
    const turn = state.turns.get(c.req.param('turn'))
    if (turn === undefined) throw noTurn()
    return c.json(toWireTurn(state.key.id, turn))
  })

  // Answers when the turn has ended. A turn that had ended before is returned as it is: cancelling twice is no fault.
  app.post('/api/sessions/:id/turns/:turn/cancel', async (c) => {
    await readOptionalBody(c, emptySchema)
    const { key } = await loadSession(c, deps)
    const turn = await deps.agent.cancel(key, c.req.param('turn'))
    if (turn === undefined) throw noTurn()
    return c.json(toWireTurn(key.id, turn))
  })
}
