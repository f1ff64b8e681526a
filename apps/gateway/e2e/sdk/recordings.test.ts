import { expect } from 'vitest'
import { runMatrix, type Scenario } from './matrix.ts'
import type { SdkAnswer } from './sdk-client.ts'
import * as wire from './wire-text.ts'

const { block, callPiece, chatEnd, chunk, done, event, messageEnd, messageStart, textBlock, toolBlock } = wire

const tool = (name: string) => ({
  name,
  description: name,
  parameters: { type: 'object', properties: {}, additionalProperties: true },
})
const tools = [tool('weather'), tool('now')]

/** What every client of the other dialect makes of a stream. */
const crossed = (
  upstream: 'openai-chat' | 'anthropic-messages',
  recording: string,
  expected: Partial<Omit<SdkAnswer, 'calls' | 'usage'>> & {
    calls?: unknown[]
    usage?: Partial<SdkAnswer['usage']>
  },
): Scenario => ({
  where: (cell) => cell.streamed && !cell.native && cell.upstream === upstream,
  async run({ ask, say, answer, client, requests }) {
    answer({ recording })
    const got = await ask({ turns: [{ user: say('Hello') }], tools })
    const { usage, thinking, ...rest } = expected
    expect(got).toMatchObject({
      ...rest,
      ...(rest.calls && { calls: rest.calls.map((call) => expect.objectContaining(call)) }),
    })
    if (thinking !== undefined && seesThinking(client.name)) expect(got.thinking).toBe(thinking)
    // LangChain reads the input at the start of a stream, where a Chat upstream has not told it yet.
    if (usage !== undefined && client.name !== '@langchain/anthropic') expect(got.usage).toMatchObject(usage)
    expect(requests()).toHaveLength(1)
  },
})

/** Those that put more than one piece of `reasoning_content` together, which is no field of OpenAI's. */
const seesThinking = (name: string): boolean =>
  !['openai', '@ai-sdk/openai', '@langchain/openai'].includes(name)

const chat = (recording: string, expected: Parameters<typeof crossed>[2]): Scenario =>
  crossed('openai-chat', recording, expected)
const messages = (recording: string, expected: Parameters<typeof crossed>[2]): Scenario =>
  crossed('anthropic-messages', recording, expected)

const hello = chunk({ role: 'assistant', content: '' }) + chunk({ content: 'Hel' }) + chunk({ content: 'lo' })
const said = { text: 'Hello', calls: [], end: 'stop' as const }
const call = (name: string, input: unknown) => ({ name, input })
const two = [call('weather', { city: 'Oslo' }), call('now', {})]
const fn = (name: string, args: string) => ({ type: 'function', function: { name, arguments: args } })

runMatrix({
  'a first chunk without choices, id and model': chat(
    wire.data({
      id: '',
      object: '',
      created: 0,
      model: '',
      choices: [],
      prompt_filter_results: [{ prompt_index: 0 }],
    }) +
      hello +
      chatEnd(),
    { ...said, usage: { input: 11, output: 7 } },
  ),
  'usage on the last chunk with content, null before': chat(
    chunk({ role: 'assistant', content: 'Hel' }, { usage: null }) +
      chunk({ content: 'lo' }, { usage: wire.chatUsage }, { finish_reason: 'stop' }) +
      done,
    { ...said, usage: { input: 11, output: 7 } },
  ),
  'usage twice, and under x_groq': chat(
    hello +
      chunk({}, { x_groq: { id: 'req_1', usage: wire.chatUsage } }, { finish_reason: 'stop' }) +
      chunk(undefined, { usage: wire.chatUsage, x_groq: { id: 'req_1' } }) +
      done,
    { ...said, usage: { input: 11, output: 7 } },
  ),
  'no usage at all, and no [DONE]': chat(hello + chunk({}, {}, { finish_reason: 'stop' }), said),
  'a finish without its key until it comes': chat(
    wire.data({
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'grok',
      choices: [{ index: 0, delta: { role: 'assistant', content: 'Hello' } }],
    }) +
      wire.data({
        id: 'c',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'grok',
        choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      }) +
      done,
    said,
  ),
  'one unreadable event among good ones': chat(
    `${chunk({ content: 'Hel' })}data: {"id": "x", "choices": [{\n\n${chunk({ content: 'lo' })}${chatEnd()}`,
    said,
  ),
  'data over several lines, with spaces behind': chat(
    hello.replaceAll(',"choices"', ',\ndata: "choices"').replaceAll('\n\n', '  \n\n') + chatEnd(),
    said,
  ),
  'calls whose pieces have an empty id and name': chat(
    callPiece({ index: 0, id: 'a', ...fn('weather', '') }) +
      callPiece({ index: 0, id: '', ...fn('', '{"city":') }) +
      callPiece({ index: 0, id: '', ...fn('', '"Oslo"}') }) +
      callPiece({ index: 1, id: 'b', ...fn('now', '') }) +
      chatEnd('tool_calls'),
    { calls: two, end: 'tools' },
  ),
  'whole calls without an index': chat(
    callPiece({ id: 'a', ...fn('weather', '{"city":"Oslo"}') }) +
      callPiece({ id: 'b', ...fn('now', '{}') }) +
      chatEnd('tool_calls'),
    { calls: two, end: 'tools' },
  ),
  'calls counted from one, content null': chat(
    chunk({
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 1, id: 'a', ...fn('weather', '{"city":"Oslo"}') }],
    }) +
      callPiece({ index: 2, id: 'b', ...fn('now', '{}') }) +
      chatEnd('tool_calls'),
    { text: '', calls: two, end: 'tools' },
  ),
  'interleaved calls': chat(
    callPiece({ index: 0, id: 'a', ...fn('weather', '{"ci') }) +
      callPiece({ index: 1, id: 'b', ...fn('now', '{') }) +
      callPiece({ index: 0, function: { arguments: 'ty":"Oslo' } }) +
      callPiece({ index: 1, function: { arguments: '}' } }) +
      callPiece({ index: 0, function: { arguments: '"}' } }) +
      chatEnd('tool_calls'),
    { calls: two, end: 'tools' },
  ),
  'both calls in one chunk, text after them': chat(
    chunk({
      tool_calls: [
        { index: 0, id: 'a', ...fn('weather', '{"city":"Oslo"}') },
        { index: 1, id: 'b', ...fn('now', '') },
      ],
    }) +
      chunk({ content: 'Wait.' }) +
      chatEnd('tool_calls'),
    { text: 'Wait.', calls: two, end: 'tools' },
  ),
  'reasoning_content before the text': chat(
    chunk({ role: 'assistant', content: null, reasoning_content: 'Hm' }) +
      chunk({ content: null, reasoning_content: ', well' }) +
      hello +
      chatEnd(),
    { ...said, thinking: 'Hm, well' },
  ),
  'reasoning before a call': chat(
    chunk({ role: 'assistant', reasoning: 'Hm' }) +
      callPiece({ index: 0, id: 'a', ...fn('now', '{}') }) +
      chatEnd('tool_calls'),
    { calls: [call('now', {})], thinking: 'Hm', end: 'tools' },
  ),
  'a refusal in pieces': chat(
    chunk({ role: 'assistant', refusal: 'I can' }) + chunk({ refusal: 'not.' }) + chatEnd('stop'),
    { text: 'I cannot.' },
  ),
  'a filter that ends it': chat(hello + chatEnd('content_filter'), { text: 'Hello', end: 'refusal' }),

  'pings everywhere, and an input that grows': messages(
    messageStart({ input_tokens: 3, output_tokens: 1 }) +
      event('ping').repeat(3) +
      textBlock(0, 'Hel', 'lo').replaceAll('\n\n', `\n\n${event('ping')}`) +
      messageEnd('end_turn', { input_tokens: 61, cache_read_input_tokens: 9, output_tokens: 7 }),
    { ...said, usage: { input: 70, output: 7, cached: 9 } },
  ),
  'usage that is null': messages(
    messageStart({
      input_tokens: 11,
      cache_read_input_tokens: null,
      cache_creation_input_tokens: null,
      output_tokens: 1,
    }) +
      textBlock(0, 'Hello') +
      messageEnd('end_turn', { input_tokens: null, cache_read_input_tokens: null, output_tokens: 7 }),
    { ...said, usage: { input: 11, output: 7 } },
  ),
  'blocks that nobody knows, and gaps in the index': messages(
    messageStart() +
      block(
        0,
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
        { type: 'input_json_delta', partial_json: '{"query":"x"}' },
      ) +
      block(1, { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }) +
      block(2, { type: 'fallback', from: { model: 'a' }, to: { model: 'b' } }) +
      textBlock(4, 'Hello') +
      toolBlock(7, 'toolu_1', 'weather', '', '{"city"', ':"Oslo"}') +
      block(8, { type: 'container_upload', file_id: 'file_1' }) +
      toolBlock(9, 'toolu_2', 'now', '') +
      messageEnd('tool_use'),
    { text: 'Hello', calls: two, end: 'tools' },
  ),
  'a call without any delta': messages(
    messageStart() + toolBlock(0, 'toolu_1', 'now') + messageEnd('tool_use'),
    { text: '', calls: [call('now', {})], end: 'tools' },
  ),
  'thinking with empty deltas, redacted thinking, a signature alone': messages(
    messageStart() +
      block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: '' },
        { type: 'thinking_delta', thinking: 'Hm' },
        { type: 'thinking_delta', thinking: '' },
        { type: 'signature_delta', signature: 'EqQB+/==' },
      ) +
      block(1, { type: 'redacted_thinking', data: 'abc' }) +
      block(
        2,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'signature_delta', signature: 'EqQB+/=2' },
      ) +
      textBlock(3, 'Hello') +
      messageEnd(),
    { ...said, thinking: 'Hm' },
  ),
  'citations between the texts': messages(
    messageStart() +
      block(
        0,
        { type: 'text', text: '', citations: [] },
        { type: 'text_delta', text: 'Hel' },
        { type: 'citations_delta', citation: { type: 'char_location', cited_text: 'x', document_index: 0 } },
      ) +
      textBlock(1, 'lo') +
      messageEnd(),
    said,
  ),
  'a refusal without any content': messages(
    messageStart() +
      messageEnd('refusal', { output_tokens: 1 }, { stop_details: { type: 'refusal', category: 'cyber' } }),
    { text: '', end: 'refusal' },
  ),
  'a pause': messages(messageStart() + textBlock(0, 'Hello') + messageEnd('pause_turn'), said),
  'a full context window': messages(
    messageStart() + textBlock(0, 'Hello') + messageEnd('model_context_window_exceeded'),
    { text: 'Hello', end: 'length' },
  ),
  'a stop sequence': messages(
    messageStart() +
      textBlock(0, 'Hello') +
      messageEnd('stop_sequence', { output_tokens: 7 }, { stop_sequence: 'END' }),
    said,
  ),
  'a start that comes twice': messages(
    messageStart() +
      event('ping') +
      messageStart({ input_tokens: 12, output_tokens: 1 }) +
      textBlock(0, 'Hello') +
      messageEnd(),
    said,
  ),
  'a new kind of event, and of delta': messages(
    messageStart() +
      event('weather_report', { sky: 'blue' }) +
      block(
        0,
        { type: 'text', text: '' },
        { type: 'text_delta', text: 'Hello' },
        { type: 'glow_delta', glow: 1 },
      ) +
      messageEnd(),
    said,
  ),
})
