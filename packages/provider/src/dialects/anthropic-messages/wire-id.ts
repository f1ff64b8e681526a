import { parseExact } from '../../exact-json.ts'
import type { JsonObject } from '../../types/json.ts'
import type { ToolUseBlock } from '../../types/message.ts'
import { isJsonObject } from '../json.ts'
import { type ToolIdRule, toToolId } from '../tool-id.ts'

const idRule: ToolIdRule = { illegal: /[^a-zA-Z0-9_-]/g, maxLength: 64 }

/** The id of a tool use as this wire takes it, towards an upstream as towards a client. */
export const toWireId = (id: string): string => toToolId(id, idRule)

/**
 * The input of a tool use, its numbers as the raw text has them. The wire takes an object alone, so where the raw text is
 * none, the input stands in.
 */
export const toWireInput = ({ input, inputText }: ToolUseBlock): JsonObject => {
  const exact = inputText === undefined ? undefined : parseExact(inputText.trim() || '{}', 'input')
  return isJsonObject(exact) ? exact : input
}
