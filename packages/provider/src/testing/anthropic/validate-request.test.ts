import { expect, test } from 'vitest'
import { requestFaults } from './validate-request.ts'

const signature = 'EqQB+sig=='
const rules = { version: '2023-06-01', signatures: new Map([[signature, 'hm']]) }

const user = { role: 'user', content: 'hi' }
const use = { type: 'tool_use', id: 'toolu_1', name: 'sum', input: {} }
const calls = { role: 'assistant', content: [use] }
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: '8' }
const results = { role: 'user', content: [result] }
const tool = { name: 'sum', input_schema: { type: 'object', properties: {} } }

/** The first fault of a body that is right but for `more`. */
const refused = (more: Record<string, unknown>, version: string | undefined = rules.version) => {
  const body = { model: 'claude-sonnet-4-5', max_tokens: 100, messages: [user], ...more }
  for (const fault of requestFaults(body, { ...rules, version })) return fault.message
  return undefined
}

const withBlock = (block: unknown, role = 'user') =>
  refused({
    messages: role === 'user' ? [{ role, content: [block] }] : [user, { role, content: [block] }, user],
  })

test('accepts what the API accepts', () => {
  const thinking = { type: 'thinking', thinking: 'hm', signature }
  expect(refused({})).toBeUndefined()
  expect(
    refused({ temperature: 0.5, top_k: 3, stop_sequences: ['x'], metadata: { user_id: 'u' } }),
  ).toBeUndefined()
  expect(refused({ messages: [user, { role: 'assistant', content: 'Sure' }] })).toBeUndefined()
  expect(
    refused({ messages: [user, { role: 'assistant', content: [thinking, use] }, results] }),
  ).toBeUndefined()
  expect(
    refused({ tools: [tool, { type: 'bash_20250124', name: 'bash' }], tool_choice: { type: 'any' } }),
  ).toBeUndefined()
  expect(refused({ thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 2000 })).toBeUndefined()
  expect(refused({ messages: [user, { role: 'system', content: 'be brief' }] }, '2026-10-21')).toBeUndefined()
  expect(withBlock({ type: 'server_tool_use', anything: 1 }, 'assistant')).toBeUndefined()
  const blocks = [result, { type: 'text', text: 'and?' }]
  expect(refused({ messages: [user, calls, { role: 'user', content: blocks }] })).toBeUndefined()
})

test.each([
  ['an unknown field', { foo: 1 }, 'foo: Extra inputs are not permitted'],
  ['no max_tokens', { max_tokens: undefined }, 'max_tokens: Field required'],
  ['no tokens', { max_tokens: 0 }, 'greater than or equal to 1'],
  ['no messages', { messages: [] }, 'at least one message is required'],
  ['a system message', { messages: [{ role: 'system', content: 'x' }, user] }, 'Unexpected role "system"'],
  ['another role', { messages: [{ role: 'tool', content: 'x' }] }, "Input should be 'user' or 'assistant'"],
  ['an assistant first', { messages: [{ role: 'assistant', content: 'x' }, user] }, 'first message must use'],
  ['a field of a message', { messages: [{ ...user, id: 'msg_1' }] }, 'messages.0.id: Extra inputs'],
  ['an empty message', { messages: [{ role: 'user', content: '' }] }, 'non-empty content'],
  ['a blank message', { messages: [{ role: 'user', content: ' \n' }] }, 'non-whitespace text'],
  ['a trailing blank', { messages: [user, { role: 'assistant', content: 'Sure ' }] }, 'trailing whitespace'],
  ['too hot', { temperature: 1.5 }, 'temperature: range: 0..1'],
  ['a blank stop', { stop_sequences: ['\n'] }, 'must contain non-whitespace'],
  ['a stop that is no list', { stop_sequences: 'x' }, 'valid list'],
  ['unknown metadata', { metadata: { trace: '1' } }, 'metadata.trace: Extra inputs'],
  [
    'an empty system block',
    { system: [{ type: 'text', text: '' }] },
    'system: text content blocks must be non-empty',
  ],
  ['a small budget', { thinking: { type: 'enabled', budget_tokens: 1 } }, 'greater than or equal to 1024'],
  ['a large budget', { thinking: { type: 'enabled', budget_tokens: 2048 } }, '`max_tokens` must be greater'],
  ['a choice without tools', { tool_choice: { type: 'auto' } }, 'only be specified while providing tools'],
  ['an unknown choice', { tools: [tool], tool_choice: { type: 'required' } }, "Input tag 'required'"],
  [
    'a choice that is no tool',
    { tools: [tool], tool_choice: { type: 'tool', name: 'x' } },
    "Tool 'x' not found",
  ],
  ['a tool twice', { tools: [tool, tool] }, 'Tool names must be unique'],
  ['a bad tool name', { tools: [{ ...tool, name: 'a b' }] }, 'should match pattern'],
  ['a tool without a schema', { tools: [{ name: 'a' }] }, 'input_schema: Field required'],
  ['a schema of a list', { tools: [{ name: 'a', input_schema: { type: 'array' } }] }, "should be 'object'"],
])('refuses %s', (_, more, message) => {
  expect(refused(more)).toContain(message)
})

test.each([
  ['an empty text', { type: 'text', text: '' }, 'user', 'must be non-empty'],
  ['a field of a block', { type: 'text', text: 'x', extra: 1 }, 'user', 'text.extra: Extra inputs'],
  ['an unknown block', { type: 'picture' }, 'user', "Input tag 'picture'"],
  ['a bad id', { ...use, id: 'call.1' }, 'assistant', "match pattern '^[a-zA-Z0-9_-]+$'"],
  ['an input that is text', { ...use, input: '{}' }, 'assistant', 'Input should be a valid dictionary'],
  ['a call by the user', use, 'user', 'can only be in `assistant` messages'],
  [
    'a foreign signature',
    { type: 'thinking', thinking: 'hm', signature: 'EqQB sig==' },
    'assistant',
    'Invalid `signature`',
  ],
  ['changed thinking', { type: 'thinking', thinking: 'hmm', signature }, 'assistant', 'cannot be modified'],
  ['unsigned thinking', { type: 'thinking', thinking: 'hm' }, 'assistant', 'signature: Field required'],
  [
    'a data URL',
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'data:x' } },
    'user',
    'base64',
  ],
  [
    'an odd image',
    { type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: 'AA==' } },
    'user',
    'media_type',
  ],
])('refuses a block: %s', (_, block, role, message) => {
  expect(withBlock(block, role)).toContain(message)
})

test.each([
  ['no result', [user, calls, user], 'without `tool_result` blocks immediately after: toolu_1'],
  ['nothing after it', [user, calls], 'without `tool_result`'],
  [
    'a result that comes late',
    [user, calls, { role: 'user', content: [{ type: 'text', text: 'x' }, result] }],
    'without',
  ],
  ['a result after its message', [user, calls, user, results], 'without `tool_result`'],
  ['a result of nothing', [results], 'unexpected `tool_use_id`'],
  ['two results', [user, calls, { role: 'user', content: [result, result] }], 'must have a single result'],
  ['an id twice', [user, calls, results, calls, results], '`tool_use` ids must be unique'],
])('refuses a tool use with %s', (_, messages, message) => {
  expect(refused({ messages })).toContain(message)
})

test('newer models take no temperature and no prefill', () => {
  const prefill = { messages: [user, { role: 'assistant', content: 'Sure' }] }
  for (const model of ['claude-opus-4-7', 'claude-sonnet-5', 'claude-haiku-5-5-20261007']) {
    expect(refused({ model, temperature: 0.5 })).toContain('deprecated for this model')
    expect(refused({ model, ...prefill })).toContain('does not support assistant message prefill')
  }
  for (const model of ['claude-sonnet-4-6', 'claude-opus-4-20250514', 'claude-3-opus-20240229']) {
    expect(refused({ model, temperature: 0.5 })).toBeUndefined()
  }
  expect(refused({ model: 'claude-opus-4-20250514', ...prefill })).toBeUndefined()
})

test('thinking excludes forced tools, other temperatures, and steps of a tool loop without any', () => {
  const thinking = { type: 'enabled', budget_tokens: 1024 }
  const asked = { thinking, max_tokens: 2000, tools: [tool] }
  expect(refused({ ...asked, tool_choice: { type: 'any' } })).toContain('tool_choice forces tool use')
  expect(refused({ ...asked, temperature: 0.5 })).toContain('`temperature` may only be set to 1')
  expect(refused({ ...asked, messages: [user, calls, results] })).toContain('but found `tool_use`')
  const begun = { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature }, use] }
  expect(refused({ ...asked, messages: [user, begun, results] })).toBeUndefined()
  expect(
    refused({ ...asked, thinking: { type: 'adaptive' }, messages: [user, calls, results] }),
  ).toBeUndefined()
})

test('a version is required, and the newest one takes no sampling options', () => {
  expect(refused({}, '')).toContain('not a valid version')
  for (const fault of requestFaults({}, { ...rules, version: undefined })) {
    expect(fault.message).toContain('anthropic-version: header is required')
    break
  }
  expect(refused({ top_k: 3 }, '2026-10-21')).toContain('top_k')
  const cited = { type: 'text', text: 'x', citations: [{}] }
  expect(refused({ messages: [{ role: 'user', content: [cited] }] }, '2026-10-21')).toContain('citations')
})

test('whatever is sent is refused in words, never by a crash', () => {
  const odd: unknown[] = [
    undefined,
    null,
    1,
    'x',
    [],
    {},
    { messages: 1 },
    { messages: [null] },
    { messages: [{}] },
  ]
  for (const body of odd) expect([...requestFaults(body, rules)].length).toBeGreaterThan(0)
})
