import type { Operation } from './operation.ts'
import { serverOperations } from './server-operations.ts'
import { sessionOperations } from './session-operations.ts'
import { turnOperations } from './turn-operations.ts'
import { v1Operations } from './v1-operations.ts'

/** All that the app serves. A test holds this table to the routes. */
export const operations: readonly Operation[] = [
  ...v1Operations,
  ...sessionOperations,
  ...turnOperations,
  ...serverOperations,
]

/** What stands in a path for each of its parameters. */
export const pathParameters: Readonly<Record<string, string>> = {
  id: 'The id of the session.',
  model: 'The name of the model.',
  key: 'The name of the variable: 1 to 256 characters.',
  turn: 'The id of the turn.',
  name: 'The name of the tool.',
}

/** The names of a path's parameters. */
export const parametersOf = (path: string): string[] =>
  [...path.matchAll(/:(\w+)/g)].flatMap(([, name]) => name ?? [])

/** `/api/sessions/:id` → `/api/sessions/{id}`. */
export const templateOf = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}')
