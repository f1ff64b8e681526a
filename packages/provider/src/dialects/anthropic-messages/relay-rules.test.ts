import { expect, test } from 'vitest'
import type { JsonObject } from '../../types/json.ts'
import { decodeResponse } from './decode-response.ts'
import { relayRules } from './relay-rules.ts'

const context = { provider: 'p', model: 'm', generateId: () => 'id' }
const message = (more: JsonObject): JsonObject => ({
  id: 'm1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'x' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, output_tokens: 2, cache_read_input_tokens: 1, service_tier: 'standard' },
  ...more,
})

test.for([
  message({}),
  message({ stop_reason: 'tool_use' }),
  message({ stop_reason: 'new' }),
  message({ stop_reason: null }),
  message({ usage: null }),
  message({ content: [] }),
])('the end of %j is that of the decoded answer', (body) => {
  const { usage, stopReason } = decodeResponse(body, context)
  expect(relayRules.readEnd(body)).toEqual({ usage, stopReason })
})

test('what has no content is no answer', () => {
  expect(relayRules.readEnd({ type: 'message', usage: { output_tokens: 1 } })).toBeUndefined()
})
