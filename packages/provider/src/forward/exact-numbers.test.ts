import { expect, test } from 'vitest'
import { anthropicClientDialect } from '../dialects/anthropic-messages/client-dialect.ts'
import type { ClientDialect } from '../dialects/client-dialect.ts'
import { chatClientDialect } from '../dialects/openai-chat/client-dialect.ts'
import { decodeText } from '../dialects/test-support.ts'
import { toExactRequest } from '../exact-json.ts'
import type { ClientDialectName } from '../types/message.ts'
import { type Call, call, json, settle, sse } from './test-support.ts'

/*
 * Numbers that a double cannot hold, or that JavaScript would write otherwise, cross as they are written.
 */

const numbers = '{"id":12345678901234567890,"a":1.0,"b":[1.10,-0,1e400],"c":0.10,"n":7}'

const send = (dialect: ClientDialectName, body: string): Call =>
  call({ dialect, body: new TextEncoder().encode(body), value: JSON.parse(body) })

const toChat = (history: string, more = ''): Call =>
  send('anthropic-messages', `{"model":"gpt-4.1","max_tokens":9,"messages":${history}${more}}`)
const toMessages = (history: string, more = ''): Call =>
  send('openai-chat', `{"model":"claude-sonnet-4-6","messages":${history}${more}}`)

const sent = ({ upstream }: Call): string => String(upstream.request.body)
const hi = '[{"role":"user","content":"Hi"}]'

test('the input of a call in the history of a Messages client is the text of its arguments', () => {
  const history = `[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${numbers}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"ok"}]}]`
  expect(JSON.parse(sent(toChat(history))).messages[1].tool_calls[0].function.arguments).toBe(numbers)
})

test('the arguments of a call in the history of a Chat client are its input', () => {
  const called = JSON.stringify({ name: 'f', arguments: numbers })
  const history = `[{"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[{"id":"t","type":"function","function":${called}}]},{"role":"tool","tool_call_id":"t","content":"ok"}]`
  expect(sent(toMessages(history))).toContain(`"input":${numbers}}`)
  // Some clients send the object that they are.
  expect(sent(toMessages(history.replace(JSON.stringify(numbers), numbers)))).toContain(`"input":${numbers}}`)
})

test('a schema keeps its limits; options are read as the numbers that they are', () => {
  const schema = '{"type":"object","properties":{"n":{"type":"integer","maximum":9223372036854775807}}}'
  const tool = `,"temperature":1.0,"top_p":0.950,"max_tokens":20.0,"tools":[{"name":"f","input_schema":${schema}}]`
  const chat = send('anthropic-messages', `{"model":"gpt-4.1","messages":${hi}${tool}}`)
  expect(sent(chat)).toContain(`"parameters":${schema}`)
  expect(JSON.parse(sent(chat))).toMatchObject({ temperature: 1, top_p: 0.95, max_completion_tokens: 20 })
  const fn = `,"temperature":0.70000000000000000001,"tools":[{"type":"function","function":{"name":"f","parameters":${schema}}}]`
  const messages = toMessages(hi, fn)
  expect(sent(messages)).toContain(`"input_schema":${schema}`)
  expect(JSON.parse(sent(messages))).toMatchObject({ temperature: 0.7 })
})

const decodeExact = ({ decodeRequest }: ClientDialect, body: string) =>
  decodeRequest(toExactRequest(new TextEncoder().encode(body), JSON.parse(body)))

test('a number where an object must be is the error that it was', () => {
  const body = '{"model":"claude-sonnet-4-6","messages":[12345678901234567890]}'
  expect(() => decodeExact(chatClientDialect, body)).toThrow(
    expect.objectContaining({ code: 'invalid-request', param: 'messages[0]' }),
  )
  expect(() => decodeExact(anthropicClientDialect, body.replace('{', '{"max_tokens":9,'))).toThrow(
    expect.objectContaining({ code: 'invalid-request', param: 'messages.0' }),
  )
})

test('a call in a whole answer keeps its numbers', async () => {
  const fromMessages = toMessages(hi)
  fromMessages.upstream.sink.head(200, json)
  fromMessages.upstream.send(
    `{"id":"m","type":"message","role":"assistant","model":"claude-x","content":[{"type":"tool_use","id":"t","name":"f","input":${numbers}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}`,
  )
  fromMessages.upstream.sink.end()
  await fromMessages.called
  const [choice] = JSON.parse(fromMessages.client.text()).choices
  expect(choice.message.tool_calls[0].function.arguments).toBe(numbers)

  for (const text of [JSON.stringify(numbers), numbers]) {
    const fromChat = toChat(hi)
    fromChat.upstream.sink.head(200, json)
    fromChat.upstream.send(
      `{"id":"c","model":"gpt-4.1","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":${text}}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`,
    )
    fromChat.upstream.sink.end()
    await fromChat.called
    expect(fromChat.client.text()).toContain(`"input":${numbers}`)
  }
})

const pieces = [numbers.slice(0, 9), numbers.slice(9, 30), numbers.slice(30)]

test('a call in a stream of the Messages API keeps its numbers, in pieces or whole at its start', async () => {
  const frame = (text: string) => `event: e\ndata: ${text}\n\n`
  const head = '{"type":"message_start","message":{"id":"m","model":"claude-x","content":[]}}'
  const toStart = (input: string) =>
    `{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":${input}}}`
  const deltas = pieces.map((piece) =>
    JSON.stringify({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: piece },
    }),
  )
  const end = [
    '{"type":"content_block_stop","index":0}',
    '{"type":"message_delta","delta":{"stop_reason":"tool_use"}}',
    '{"type":"message_stop"}',
  ]
  for (const body of [
    [head, toStart('{}'), ...deltas, ...end],
    [head, toStart(numbers), ...end],
  ]) {
    const { client, upstream, called } = toMessages(hi, ',"stream":true')
    upstream.sink.head(200, sse)
    upstream.send(body.map(frame).join(''))
    await called
    const told = await decodeText(chatClientDialect.upstream, client.text())
    expect(told.map((event) => (event.type === 'tool-input-delta' ? event.text : '')).join('')).toBe(numbers)
  }
})

test('a call in a stream of Chat keeps its numbers, as text or as an object', async () => {
  const chunk = (args: string, reason = 'null') =>
    `data: {"id":"c","model":"gpt-4.1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":${args}}}]},"finish_reason":${reason}}]}\n\n`
  const end = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n'
  for (const body of [pieces.map((piece) => chunk(JSON.stringify(piece))).join(''), chunk(numbers)]) {
    const { client, upstream, called } = toChat(hi, ',"stream":true')
    upstream.sink.head(200, sse)
    upstream.send(body + end)
    await called
    await settle()
    const input = client
      .text()
      .split('\n')
      .filter((line) => line.includes('input_json_delta'))
      .map((line) => JSON.parse(line.slice(6)).delta.partial_json)
    expect(input.join('')).toBe(numbers)
  }
})
