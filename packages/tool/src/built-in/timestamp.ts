import { defineTool } from '../define-tool.ts'
import type { Tool } from '../types.ts'

/** The current time, in UTC, as a number and in words. */
export const timestampTool = (now: () => number): Tool =>
  defineTool<object>({
    name: 'timestamp',
    description: 'Answers with the current date and time in UTC.',
    idempotent: true,
    input: { type: 'object', properties: {}, additionalProperties: false },
    execute: () => {
      const date = new Date(now())
      return {
        timestamp: Math.floor(date.getTime() / 1000),
        iso8601: date.toISOString(),
        human: date.toUTCString(),
      }
    },
  })
