import fc from 'fast-check'
import type { JsonObject } from '../../types/json.ts'

/*
 * Requests and answers as clients and the API really send them, for this folder's own tests: legal ones, each written
 * in the one way that encoding has (see the comment on decodeRequest).
 */

const text = fc.oneof(
  fc.constantFrom('Hello', 'Grüße 👋', 'a\n"quoted"\\ line', '{"json": true}', 'line\u2028end'),
  fc.string({ minLength: 1, unit: 'grapheme' }).map((value) => `${value}.`),
)
const id = fc.stringMatching(/^toolu_[a-zA-Z0-9]{8,20}$/)
const json = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,8}$/),
  fc.jsonValue({ maxDepth: 2 }).map((value) => (Object.is(value, -0) ? 0 : value)),
  { maxKeys: 3 },
)
const cache = fc.option(fc.constantFrom({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' }), {
  nil: undefined,
})
const oneOf = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })

/** What JSON would make of it: absent keys in place of undefined ones. */
const plain = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<JsonObject> =>
  arbitrary.map((value) => JSON.parse(JSON.stringify(value)))

const textBlock = fc.record({ type: fc.constant('text'), text, cache_control: cache })
const image = fc.record({
  type: fc.constant('image'),
  source: oneOf<JsonObject>(
    { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
    { type: 'url', url: 'https://example.test/a.png' },
    { type: 'file', file_id: 'file_1' },
  ),
  cache_control: cache,
})
const document = fc.record({
  type: fc.constant('document'),
  source: fc.oneof(
    oneOf<JsonObject>(
      { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
      { type: 'url', url: 'https://example.test/a.pdf' },
      { type: 'file', file_id: 'file_1' },
      { type: 'content', content: 'as text' },
      {
        type: 'content',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
      { type: 'content', content: [{ type: 'image', source: { type: 'file', file_id: 'file_2' } }] },
    ),
    text.map((data): JsonObject => ({ type: 'text', media_type: 'text/plain', data })),
  ),
  title: maybe(text),
  context: maybe(text),
  citations: maybe(oneOf({ enabled: true })),
})
const searchResult = fc.record({
  type: fc.constant('search_result'),
  source: fc.constant('https://example.test'),
  title: text,
  content: fc.array(fc.record({ type: fc.constant('text'), text }), { minLength: 1, maxLength: 2 }),
  citations: maybe(oneOf({ enabled: true })),
})
const userBlock = fc.oneof(
  textBlock,
  image,
  document,
  searchResult,
  oneOf({ type: 'container_upload', file_id: 'file_3' }),
)

const thinking = fc.oneof(
  fc.record({
    type: fc.constant('thinking'),
    thinking: fc.oneof(text, fc.constant('')),
    signature: fc.stringMatching(/^[A-Za-z0-9+/]{8,40}=$/),
  }),
  oneOf({ type: 'redacted_thinking', data: 'EmwKAhgB/+==' }),
)
const serverBlock = oneOf<JsonObject>(
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
  { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [{ type: 'web_search_result' }] },
  { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'f', server_name: 's', input: {} },
  { type: 'mcp_tool_result', tool_use_id: 'mcptoolu_1', is_error: false, content: [] },
  { type: 'compaction', content: 'So far: nothing.' },
)
const citedText = fc.record({
  type: fc.constant('text'),
  text,
  citations: maybe(oneOf([{ type: 'char_location', cited_text: 'x', document_index: 0 }])),
})
const toolUse = fc.record({
  type: fc.constant('tool_use'),
  id,
  name: oneOf('get_weather', 'sum'),
  input: json,
  caller: maybe(oneOf({ type: 'direct' })),
})
/** The content of an answer, as it also stands in a history. */
const answerContent = fc
  .record({
    thoughts: fc.array(thinking, { maxLength: 2 }),
    said: fc.array(fc.oneof(citedText, serverBlock), { minLength: 1, maxLength: 3 }),
    calls: fc.uniqueArray(toolUse, { maxLength: 3, selector: (call) => call.id }),
  })
  .map(({ thoughts, said, calls }) => ({ content: [...thoughts, ...said, ...calls], calls }))

const result = (toolUseId: string) =>
  fc.record({
    type: fc.constant('tool_result'),
    tool_use_id: fc.constant(toolUseId),
    content: maybe(
      fc.oneof(text, fc.array(fc.oneof(textBlock, image, searchResult), { minLength: 1, maxLength: 2 })),
    ),
    is_error: maybe(fc.boolean()),
    cache_control: cache,
  })

const turn = answerContent.chain(({ content, calls }) =>
  fc
    .tuple(
      calls.length > 0 ? fc.constant(content) : fc.oneof(text, fc.constant(content)),
      fc.tuple(...calls.map((call) => result(call.id))),
      fc.array(userBlock, { minLength: calls.length > 0 ? 0 : 1, maxLength: 2 }),
    )
    .map(([said, results, blocks]) => [
      { role: 'assistant', content: said },
      { role: 'user', content: [...results, ...blocks] },
    ]),
)
const messages = fc
  .tuple(
    fc.oneof(text, fc.array(userBlock, { minLength: 1, maxLength: 3 })),
    // Ids are unique in one message at least; a history of several turns with one id is illegal.
    fc.array(turn, { maxLength: 2 }),
  )
  .map(([content, turns]) => [{ role: 'user', content }, ...turns.flat()])

const tools = oneOf<JsonObject[]>(
  [{ name: 'sum', input_schema: { type: 'object', properties: { a: { type: 'number' } } } }],
  [
    { name: 'sum', description: 'Adds.', strict: true, input_schema: { type: 'object', required: [] } },
    { type: 'custom', name: 'f', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' } },
    { type: 'web_search_20260209', name: 'web_search', max_uses: 3 },
    { type: 'tool_search_tool_bm25', name: 'tool_search_tool_bm25' },
    { type: 'browser_toolset_20260801', configs: { navigate: { enabled: true } } },
    { type: 'mcp_toolset', mcp_server_name: 's' },
  ],
)
const toolChoice = oneOf<JsonObject>(
  { type: 'auto' },
  { type: 'auto', disable_parallel_tool_use: true },
  { type: 'any', disable_parallel_tool_use: false },
  { type: 'tool', name: 'sum' },
  { type: 'none' },
)
const format = { type: 'json_schema', schema: { type: 'object', $defs: {}, additionalProperties: false } }

/** Options that go together, by the models that take them. */
const options = fc.oneof(
  fc.record({
    model: oneOf('claude-sonnet-4-6', 'claude-haiku-4-5'),
    max_tokens: fc.integer({ min: 1, max: 64_000 }),
    temperature: maybe(fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs)),
    top_k: maybe(fc.integer({ min: 0, max: 100 })),
    thinking: maybe(oneOf({ type: 'disabled' })),
    output_config: maybe(oneOf({ format })),
  }),
  fc.record({
    model: oneOf('claude-opus-4-8', 'claude-sonnet-4-6'),
    max_tokens: fc.integer({ min: 4000, max: 64_000 }),
    thinking: maybe(
      oneOf<JsonObject>(
        { type: 'enabled', budget_tokens: 2048, display: 'omitted' },
        { type: 'adaptive' },
        { type: 'between_tools' },
        { type: 'some_future_way', of: 'thinking' },
      ),
    ),
    output_config: maybe(
      oneOf<JsonObject>({ effort: 'max' }, { effort: 'low', format }, { format, task_budget: { total: 9 } }),
    ),
    betas_we_do_not_know: maybe(json.filter((value) => Object.keys(value).length > 0)),
  }),
)

/** A legal request. */
export const requestArbitrary: fc.Arbitrary<JsonObject> = plain(
  fc
    .tuple(
      options,
      fc.record({
        messages,
        system: maybe(fc.oneof(text, fc.array(textBlock, { minLength: 1, maxLength: 2 }))),
        stop_sequences: maybe(fc.array(text, { minLength: 1, maxLength: 2 })),
        stream: maybe(fc.constant(true)),
        metadata: maybe(oneOf<JsonObject>({ user_id: 'u' }, { user_id: 'u', more: 'x' })),
        service_tier: maybe(oneOf('auto')),
        container: maybe(oneOf<string | JsonObject>('container_1', { skills: [] })),
        mcp_servers: maybe(oneOf([{ type: 'url', url: 'https://example.test', name: 's' }])),
        context_management: maybe(oneOf({ edits: [{ type: 'clear_tool_uses_20250919' }] })),
      }),
      maybe(fc.record({ tools, tool_choice: maybe(toolChoice) })),
    )
    .map(([first, second, third]) => ({ ...first, ...second, ...third })),
)

const count = fc.nat({ max: 200_000 })

/** An answer as the API sends it. */
export const messageArbitrary: fc.Arbitrary<JsonObject> = plain(
  fc.record({
    id: fc.stringMatching(/^msg_[a-zA-Z0-9]{10}$/),
    type: fc.constant('message'),
    role: fc.constant('assistant'),
    model: oneOf('claude-sonnet-4-6', 'claude-opus-4-8'),
    content: answerContent.map((answer) => answer.content),
    stop_reason: oneOf(
      ...['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'pause_turn', 'compaction', 'refusal'],
      ...['model_context_window_exceeded', 'some_future_reason'],
    ),
    stop_sequence: oneOf(null, 'END'),
    stop_details: maybe(oneOf({ type: 'refusal', category: 'cyber' })),
    container: maybe(oneOf({ id: 'container_1', expires_at: '2026-11-22T00:00:00Z' })),
    context_management: maybe(oneOf({ applied_edits: [] })),
    usage: fc.record({
      input_tokens: count,
      cache_creation_input_tokens: count,
      cache_read_input_tokens: count,
      output_tokens: count,
      cache_creation: maybe(oneOf({ ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 0 })),
      output_tokens_details: maybe(oneOf({ thinking_tokens: 7 })),
      server_tool_use: maybe(oneOf({ web_search_requests: 1 })),
      iterations: maybe(oneOf([{ type: 'message', input_tokens: 5, output_tokens: 1 }])),
      service_tier: maybe(oneOf('standard')),
    }),
  }),
)
