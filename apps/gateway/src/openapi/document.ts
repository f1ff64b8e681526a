import { componentSchemas, queryParameters, refTo } from './components.ts'
import { requestHeaders, responseHeaders } from './headers.ts'
import type { Answer, ErrorShape, Operation } from './operation.ts'
import { operations, parametersOf, pathParameters, templateOf } from './operations.ts'
import { apiErrorSchema } from './resource-schema.ts'
import { chatErrorSchema, messagesErrorSchema } from './v1-schema.ts'

const intro =
  'One server before many providers: their own contracts for any model under `/v1`, and sessions that survive under ' +
  '`/api`. Bodies are JSON. Under `/api` they have at most 4 MiB and are closed: an unknown key is a 400. Under `/v1` they have at most 32 MiB ' +
  'and are open. Clients pass over fields and events that they do not know. Where no keys are configured none is ' +
  'needed, and only the machine itself is answered.'

/** Why a status is answered, outside of `/v1`. */
const errorMeanings: Readonly<Record<number, string>> = {
  400: 'The request is wrong; the message says where.',
  401: 'A key is needed.',
  403: 'Not with this key; or, while no keys are configured, not from there.',
  404: 'There is no such thing, or it is not yours.',
  409: 'A turn of this session is still running: `turn_in_progress`, with its `turn_id`.',
  413: 'The body is too large, or the session is full.',
  415: 'The body must be `application/json`, without a content coding.',
  422: 'The Idempotency-Key was used with another body.',
  503: 'Too much is running, or the server shuts down. Come back after `Retry-After`.',
}

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'A key of this gateway.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same.' },
  streamToken: {
    type: 'apiKey',
    in: 'query',
    name: 'token',
    description: 'Of `POST /api/sessions/{id}/stream-token`.',
  },
}

const anyKey: readonly object[] = [{ bearer: [] }, { apiKey: [] }]

/** What the gateway serves, as OpenAPI 3.1. https://spec.openapis.org/oas/v3.1.1.html */
export const createDocument = (version: string): object => {
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of operations) {
    const path = templateOf(operation.path)
    paths[path] = { ...paths[path], [operation.method]: toOperation(operation) }
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Gateway', version, description: intro },
    servers: [{ url: '/' }],
    security: anyKey,
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: componentSchemas(),
      responses: Object.fromEntries(
        Object.entries(errorMeanings).map(([status, description]) => [
          `Error${status}`,
          toError(description, 'api', status === '503' ? ['retry-after'] : []),
        ]),
      ),
      parameters: Object.fromEntries(
        Object.entries(requestHeaders).map(([name, header]) => [
          name,
          { name, in: 'header', ...header, schema: { type: 'string' } },
        ]),
      ),
      headers: Object.fromEntries(
        Object.entries(responseHeaders).map(([name, header]) => [
          name,
          { ...header, schema: { type: 'string' } },
        ]),
      ),
      securitySchemes,
    },
  }
}

const toOperation = (operation: Operation): object => {
  const { id, tag, summary, description, body, reference } = operation
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(reference !== undefined && { externalDocs: { url: reference } }),
    ...(operation.isPublic && { security: [] }),
    ...(operation.takesToken && { security: [...anyKey, { streamToken: [] }] }),
    parameters: toParameters(operation),
    ...(body !== undefined && {
      requestBody: {
        required: body.isOptional !== true,
        content: { 'application/json': { schema: refTo(body.schema), example: body.example } },
      },
    }),
    responses: { ...toAnswers(operation), ...toErrors(operation) },
  }
}

const toParameters = ({ path, query, headers = [] }: Operation): object[] => [
  ...parametersOf(path).map((name) => ({
    name,
    in: 'path',
    required: true,
    description: pathParameters[name],
    schema: { type: 'string' },
  })),
  ...(query === undefined
    ? []
    : queryParameters(query).map(({ schema: { description, ...schema }, ...parameter }) => ({
        ...parameter,
        in: 'query',
        ...(description !== undefined && { description }),
        schema,
      }))),
  ...headers.map((name) => ({ $ref: `#/components/parameters/${name}` })),
]

const toHeaders = (names: readonly string[]): object =>
  Object.fromEntries(
    ['x-request-id', ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  )

const toAnswers = ({ answers }: Operation): object =>
  Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      {
        description: answer.description,
        headers: toHeaders(answer.headers ?? []),
        ...toContent(answer),
      },
    ]),
  )

const toContent = ({ schema, events, text }: Answer): object => {
  const content = {
    ...(schema !== undefined && { 'application/json': { schema: refTo(schema) } }),
    ...(text !== undefined && { [text]: { schema: { type: 'string' } } }),
    ...(events !== undefined && { 'text/event-stream': toStream(events) }),
  }
  return Object.keys(content).length === 0 ? {} : { content }
}

// 3.1 has no words for the items of a stream: the body is text, and an extension says what the events' data is.
const toStream = (events: NonNullable<Answer['events']>): object => ({
  schema: { type: 'string', description: `Server-sent events: ${Object.keys(events).join(', ')}.` },
  'x-events': Object.fromEntries(Object.entries(events).map(([name, schema]) => [name, refTo(schema)])),
})

/** The statuses of an operation's errors outside of `/v1`, with those that follow from what it is. */
export const errorStatuses = ({ body, isPublic, errors = [] }: Operation): number[] => {
  const own = body === undefined ? [] : [400, 413, 415]
  const access = isPublic ? [403] : [401, 403]
  return [...new Set([...own, ...access, ...errors])].sort((a, b) => a - b)
}

const toErrors = (operation: Operation): object => {
  const { errorShape } = operation
  if (errorShape !== 'api') {
    const described =
      'What is wrong, in the shape of the contract, with the status that the provider gave or the gateway gives.'
    const answer = toError(described, errorShape, [
      'x-gateway-request-id',
      'x-gateway-provider',
      'retry-after',
    ])
    return { '4XX': answer, '5XX': answer }
  }
  return {
    ...Object.fromEntries(
      errorStatuses(operation)
        .filter((status) => operation.answers[status] === undefined)
        .map((status) => [status, { $ref: `#/components/responses/Error${status}` }]),
    ),
    default: toError('Any other error.', 'api', []),
  }
}

const errorSchemas: Readonly<Record<ErrorShape, object>> = {
  api: refTo(apiErrorSchema),
  chat: refTo(chatErrorSchema),
  messages: refTo(messagesErrorSchema),
  either: { anyOf: [refTo(chatErrorSchema), refTo(messagesErrorSchema)] },
}

const toError = (description: string, shape: ErrorShape, headers: readonly string[]): object => ({
  description,
  headers: toHeaders(headers),
  content: { 'application/json': { schema: errorSchemas[shape] } },
})
