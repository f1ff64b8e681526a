import { createHash } from 'node:crypto'
import type { SessionKey } from '@gateway/session'
import type { Context, Hono } from 'hono'
import type * as z from 'zod'
import type { AppDeps } from '../deps.ts'
import { ApiError, badRequest, notFound, unavailable } from '../http/api-error.ts'
import { type Caller, checkModelAllowed } from '../http/auth.ts'
import { readBody } from '../http/body.ts'
import type { CapacityLimits } from '../http/capacity.ts'
import type { RequestEnv } from '../http/env.ts'
import { type EventStreamOptions, eventStream, takeSeat } from '../http/event-stream.ts'
import { toWireMessage, toWireTurn } from '../wire/resources.ts'
import { sendMessageSchema } from './schema.ts'
import { checkTools, noSession, sessionKey } from './shared.ts'

type SendMessage = z.output<typeof sendMessageSchema>

/** `POST /api/sessions/:id/messages`: a message in, its turn out — as JSON, as SSE, or as a promise (202). */
export const messageRoutes = (app: Hono<RequestEnv>, deps: AppDeps, streaming: EventStreamOptions): void => {
  app.post('/api/sessions/:id/messages', async (c) => {
    const key = sessionKey(c)
    const body = await readBody(c, sendMessageSchema)
    const isAsync = prefersAsync(c)
    // Before the message is accepted: whoever is told 503 sends it again.
    const leaveSeat = !isAsync && acceptsEvents(c) ? takeSeat(streaming, key) : undefined
    const { turnId, afterSeq, headers } = await start(c, deps, streaming.capacity, body).catch(
      (error: unknown) => {
        leaveSeat?.()
        throw error
      },
    )
    if (isAsync) return accepted(c, deps, turnId, headers)

    const { viewers } = streaming
    const orphan = () => {
      if (body.on_disconnect === 'cancel') viewers.orphan(key, turnId)
    }
    if (leaveSeat !== undefined) {
      // The stream counts as a viewer until it closes, so it must have left before the turn can be an orphan.
      return eventStream(c, streaming, { key, after: afterSeq, turnId, headers, leaveSeat, onClose: orphan })
    }
    // Who waits here counts as a reader: of two requests with one Idempotency-Key, the first may go alone.
    const leave = viewers.enter(key)
    const gone = c.req.raw.signal
    try {
      await deps.agent.waitForTurn(key, turnId, gone)
    } finally {
      leave()
      if (gone.aborted) orphan()
    }
    const answer = await turnAnswer(deps, key, turnId)
    const { warnings } = answer.turn
    return c.json(answer, 200, warnings === undefined ? headers : { ...headers, ...warningsHeader(warnings) })
  })
}

const start = async (
  c: Context<RequestEnv>,
  deps: AppDeps,
  capacity: CapacityLimits,
  body: SendMessage,
): Promise<{ turnId: string; afterSeq: number; headers: Record<string, string> }> => {
  const key = sessionKey(c)
  const idempotency = idempotencyOf(c, body)
  const caller = c.get('caller')
  checkTools(deps, caller, body.tools)
  if (idempotency === undefined || (await deps.sessions.findIdempotent(key, idempotency.key)) === undefined) {
    admit(deps, capacity, key.tenant)
  }
  const { model, tools } = await withinCaller(deps, key, caller, body)
  const result = await deps.agent.startTurn({
    key,
    content: body.content,
    model,
    tools,
    maxTokens: body.max_tokens,
    temperature: body.temperature,
    metadata: body.metadata,
    idempotency,
  })
  if (result.status === 'missing') throw noSession()
  if (result.status === 'busy') throw turnInProgress(result.turnId)
  if (result.status === 'mismatch') throw idempotencyMismatch()
  const { turnId, afterSeq } = result
  if (result.status === 'started') deps.metrics.message(key)
  return { turnId, afterSeq, headers: result.status === 'attached' ? { 'idempotency-replayed': 'true' } : {} }
}

/** The model and the tools of the turn: what is asked for, or what the session has, as far as the caller's key allows. */
const withinCaller = async (
  deps: AppDeps,
  key: SessionKey,
  caller: Caller,
  body: SendMessage,
): Promise<Pick<SendMessage, 'model' | 'tools'>> => {
  const { models, tools: allowed } = caller
  // Most keys allow all: nothing has to be looked up for them.
  if (models === undefined && allowed === undefined) return body
  const state = await deps.sessions.get(key)
  if (state === undefined) throw noSession()
  checkModelAllowed(caller, body.model ?? state.model)
  const wanted = body.tools ?? state.tools ?? allowed
  return {
    model: body.model,
    tools: wanted?.filter((name) => allowed === undefined || allowed.includes(name)),
  }
}

const accepted = async (
  c: Context<RequestEnv>,
  deps: AppDeps,
  turnId: string,
  headers: Record<string, string>,
) => {
  const key = sessionKey(c)
  const turn = (await deps.sessions.get(key))?.turns.get(turnId)
  if (turn === undefined) throw noSession()
  return c.json({ turn: toWireTurn(key.id, turn) }, 202, {
    ...headers,
    'preference-applied': 'respond-async',
    location: `/api/sessions/${key.id}/turns/${turnId}`,
  })
}

const turnAnswer = async (deps: AppDeps, key: { tenant: string; id: string }, turnId: string) => {
  const state = await deps.sessions.get(key)
  const turn = state?.turns.get(turnId)
  if (state === undefined || turn === undefined) throw notFound('The session was deleted while its turn ran.')
  const messages = state.messages.filter(
    (stored) => stored.turnId === turnId && stored.message.role !== 'user',
  )
  return { turn: toWireTurn(key.id, turn), messages: messages.map(toWireMessage) }
}

// Headers are Latin text on one line; the turn itself has the warnings as they are.
const warningsHeader = (warnings: readonly string[]) => ({
  'x-gateway-warnings': warnings
    .join(' | ')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 2048),
})

const admit = ({ agent }: AppDeps, capacity: CapacityLimits, tenant: string): void => {
  if (agent.running() >= capacity.turns || agent.running(tenant) >= capacity.turnsPerTenant) {
    throw unavailable('Too many turns are running. Try again when one has ended.', 'too_many_turns')
  }
}

/** Does a list such as `a;q=0.5, b` name the item? One with `q=0` says that it is not wanted. */
const names = (list: string | undefined, item: string): boolean =>
  (list ?? '').split(',').some((part) => {
    const [name, ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    return name === item && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })

const prefersAsync = (c: Context): boolean => names(c.req.header('prefer'), 'respond-async')

const acceptsEvents = (c: Context): boolean => names(c.req.header('accept'), 'text/event-stream')

const idempotencyOf = (c: Context, body: SendMessage): { key: string; bodyHash: string } | undefined => {
  const key = c.req.header('idempotency-key')
  if (key === undefined) return undefined
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw badRequest('Idempotency-Key must be 1 to 255 printable ASCII characters without spaces.')
  }
  // The checked body, so that white space and the order of keys make no difference.
  return { key, bodyHash: createHash('sha256').update(JSON.stringify(body)).digest('hex') }
}

const turnInProgress = (turnId: string | undefined): ApiError =>
  new ApiError(
    409,
    {
      type: 'conflict_error',
      code: 'turn_in_progress',
      message: `Turn ${turnId ?? ''} of this session is still running. Wait for its end, or cancel it.`,
    },
    {},
    turnId === undefined ? {} : { turn_id: turnId },
  )

const idempotencyMismatch = (): ApiError =>
  new ApiError(422, {
    type: 'invalid_request_error',
    code: 'idempotency_mismatch',
    message: 'This Idempotency-Key was used with another body. Use a new key for a new message.',
  })
