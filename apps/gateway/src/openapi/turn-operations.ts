import * as z from 'zod'
import { emptySchema, executeToolSchema, sendMessageSchema } from '../routes/schema.ts'
import { sessionEvents, turnEvents } from './event-schema.ts'
import type { Operation } from './operation.ts'
import {
  acceptedTurnSchema,
  toolListSchema,
  toolResultSchema,
  turnAnswerSchema,
  turnSchema,
} from './resource-schema.ts'

const turns = { tag: 'Turns', errorShape: 'api' } as const
const tools = { tag: 'Tools', errorShape: 'api' } as const
const session = '/api/sessions/:id'

/** The query of the stream. The route reads it by hand, for a header may say the same. */
const streamQuerySchema = z.object({
  after: z.int().min(0).optional().describe('A seq: events behind it. 0 is the beginning.'),
  turn: z.string().optional().describe('Only this turn, whose last event ends the stream.'),
})

const heartbeat =
  'Each event has the seq of its place in the log as its `id`. A comment line comes every 15 s of silence.'

/** Turns, and tools without them. */
export const turnOperations: readonly Operation[] = [
  {
    ...turns,
    method: 'post',
    path: `${session}/messages`,
    id: 'sendMessage',
    summary: 'Send a message, and have its turn run',
    description: `The answer is JSON, or with \`Accept: text/event-stream\` the turn's events. A turn that failed is an answer too: its \`status\` and \`error\` say so. ${heartbeat}`,
    headers: ['prefer', 'idempotency-key'],
    body: { schema: sendMessageSchema, example: { content: 'Hello' } },
    answers: {
      200: {
        description: 'The turn, ended, with what the assistant and the tools said; or its events.',
        schema: turnAnswerSchema,
        events: turnEvents,
        headers: ['idempotency-replayed', 'x-gateway-warnings'],
      },
      202: {
        description: 'The turn runs (`Prefer: respond-async`).',
        schema: acceptedTurnSchema,
        headers: ['location', 'preference-applied', 'idempotency-replayed'],
      },
    },
    errors: [404, 409, 422, 503],
  },
  {
    ...turns,
    method: 'get',
    path: `${session}/stream`,
    id: 'streamSession',
    takesToken: true,
    summary: 'The log of a session as it grows',
    description:
      'Replays what is behind `Last-Event-ID` or `after`, then goes on live. Without either it begins with the turn ' +
      `that runs, else with what comes. ${heartbeat} Clients pass over events that they do not know.`,
    headers: ['last-event-id'],
    query: streamQuerySchema,
    answers: {
      200: { description: 'The events.', events: { ...turnEvents, ...sessionEvents } },
      204: { description: 'The turn was read to its end: there is nothing to come.' },
    },
    errors: [400, 404, 503],
  },
  {
    ...turns,
    method: 'get',
    path: `${session}/turns/:turn`,
    id: 'getTurn',
    summary: 'Read a turn',
    answers: { 200: { description: 'The turn.', schema: turnSchema } },
    errors: [404],
  },
  {
    ...turns,
    method: 'post',
    path: `${session}/turns/:turn/cancel`,
    id: 'cancelTurn',
    summary: 'Stop a turn',
    description: 'Answers when it has ended. Cancelling what has ended is no fault.',
    body: { schema: emptySchema, isOptional: true, example: {} },
    answers: { 200: { description: 'The turn as it ended.', schema: turnSchema } },
    errors: [404],
  },
  {
    ...tools,
    method: 'get',
    path: '/api/tools',
    id: 'listTools',
    summary: 'The tools that the key may use',
    answers: { 200: { description: 'The tools.', schema: toolListSchema } },
  },
  {
    ...tools,
    method: 'post',
    path: '/api/tools/:name/execute',
    id: 'executeTool',
    summary: 'Run a tool without a model',
    description: 'A tool that fails is an answer too: `is_error` says so.',
    body: {
      schema: executeToolSchema,
      isOptional: true,
      example: { input: { operation: 'add', a: 5, b: 3 } },
    },
    answers: { 200: { description: 'What it gave.', schema: toolResultSchema } },
    errors: [404],
  },
]
