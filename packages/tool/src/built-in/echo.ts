import { defineTool } from '../define-tool.ts'
import type { Tool } from '../types.ts'

/** Answers with the message that it is given. */
export const echoTool = (): Tool =>
  defineTool<{ message: string }>({
    name: 'echo',
    description: 'Answers with the given message, unchanged.',
    idempotent: true,
    input: {
      type: 'object',
      properties: { message: { type: 'string', description: 'The text to answer with.' } },
      required: ['message'],
      additionalProperties: false,
    },
    execute: ({ message }) => message,
  })
