import * as z from 'zod'
import {
  createSessionSchema,
  emptySchema,
  executeToolSchema,
  forkSchema,
  jsonValue,
  sendMessageSchema,
  updateSessionSchema,
} from '../routes/schema.ts'
import { sessionEvents, turnEvents } from './event-schema.ts'
import {
  acceptedTurnSchema,
  apiErrorSchema,
  blockSchema,
  messageListSchema,
  messageSchema,
  sessionListSchema,
  sessionSchema,
  streamTokenSchema,
  toolListSchema,
  toolResultSchema,
  turnAnswerSchema,
  turnErrorSchema,
  turnSchema,
  usageSchema,
} from './resource-schema.ts'
import { documentSchema, healthSchema, probeSchema } from './server-schema.ts'
import {
  chatAnswerSchema,
  chatChunkSchema,
  chatErrorSchema,
  chatRequestSchema,
  countAnswerSchema,
  countRequestSchema,
  embeddingsAnswerSchema,
  embeddingsRequestSchema,
  messagesAnswerSchema,
  messagesErrorSchema,
  messagesEvents,
  messagesRequestSchema,
  modelListSchema,
  modelSchema,
} from './v1-schema.ts'

/** The schemas that have a name in the document. */
const named: Readonly<Record<string, z.ZodType>> = {
  AcceptedTurn: acceptedTurnSchema,
  ApiError: apiErrorSchema,
  Block: blockSchema,
  ChatAnswer: chatAnswerSchema,
  ChatChunk: chatChunkSchema,
  ChatError: chatErrorSchema,
  ChatRequest: chatRequestSchema,
  CountTokensAnswer: countAnswerSchema,
  CountTokensRequest: countRequestSchema,
  CreateSession: createSessionSchema,
  Document: documentSchema,
  EmbeddingsAnswer: embeddingsAnswerSchema,
  EmbeddingsRequest: embeddingsRequestSchema,
  Empty: emptySchema,
  ExecuteTool: executeToolSchema,
  ForkSession: forkSchema,
  Health: healthSchema,
  Json: jsonValue,
  Message: messageSchema,
  MessageList: messageListSchema,
  MessagesAnswer: messagesAnswerSchema,
  MessagesError: messagesErrorSchema,
  MessagesRequest: messagesRequestSchema,
  Model: modelSchema,
  ModelList: modelListSchema,
  Probe: probeSchema,
  SendMessage: sendMessageSchema,
  Session: sessionSchema,
  SessionList: sessionListSchema,
  StreamToken: streamTokenSchema,
  ToolList: toolListSchema,
  ToolResult: toolResultSchema,
  Turn: turnSchema,
  TurnAnswer: turnAnswerSchema,
  TurnError: turnErrorSchema,
  UpdateSession: updateSessionSchema,
  Usage: usageSchema,
}

/** A JSON Schema. */
export type JsonSchema = z.core.JSONSchema.BaseSchema

/** Where named schemas stand in the document. */
export const schemaPath = '#/components/schemas/'

/** A schema by its place in the document. */
export interface Reference {
  $ref: string
}

const registry = z.registry<{ id: string }>()
for (const [id, schema] of Object.entries(named)) registry.add(schema, { id })
for (const events of [turnEvents, sessionEvents, messagesEvents]) {
  for (const [name, schema] of Object.entries<z.ZodType>(events)) {
    // An event whose data has a name of its own goes by that.
    if (!registry.has(schema)) registry.add(schema, { id: `${toPascal(name)}Event` })
  }
}

/** `turn.started` → `TurnStarted`. */
function toPascal(name: string): string {
  return name
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

/** A reference to a schema. @throws Error for one without a name: a mistake in the tables of this folder. */
export const refTo = (schema: z.ZodType): Reference => {
  const id = registry.get(schema)?.id
  if (id === undefined) throw new Error('A schema of an operation is not among the named ones: add it there.')
  return { $ref: `${schemaPath}${id}` }
}

/** All named schemas as JSON Schemas: of what is sent, before it is read. */
export const componentSchemas = (): Record<string, JsonSchema> => {
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `${schemaPath}${id}` })
  return Object.fromEntries(
    Object.entries(schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { $schema, $id, ...schema }]) => [id, schema]),
  )
}

/** The parameters of a query by name, as they are read. */
export const queryParameters = (
  query: z.ZodObject,
): { name: string; schema: JsonSchema; required: boolean }[] => {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'output' })
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    schema: typeof schema === 'boolean' ? {} : schema,
    required: required.includes(name),
  }))
}
