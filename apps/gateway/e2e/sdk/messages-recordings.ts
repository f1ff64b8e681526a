import { call, crossed, type Expected, said, two } from './crossed-answer.ts'
import type { Scenario } from './matrix.ts'
import { block, event, messageEnd, messageStart, textBlock, toolBlock } from './wire-text.ts'

const messages = (recording: string | object, expected: Expected): Scenario =>
  crossed('anthropic-messages', recording, expected)

/** Answers of Messages upstreams, towards clients of Chat Completions. */
export const messagesRecordings: Record<string, Scenario> = {
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
  'calls that the start of the message holds already': messages(
    event('message_start', {
      message: {
        ...{
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'claude-sonnet-4-6',
          stop_reason: 'tool_use',
        },
        content: [
          { type: 'code_execution_tool_result', tool_use_id: 'srvtoolu_1', content: {} },
          {
            type: 'tool_use',
            id: 'toolu_1',
            name: 'weather',
            input: { city: 'Oslo' },
            caller: { type: 'x' },
          },
          { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
        ],
        usage: { input_tokens: 0, output_tokens: 0 },
      },
    }) + event('message_stop'),
    { text: '', calls: two, end: 'tools' },
  ),
  'a call whose input is in the start of its block': messages(
    messageStart() +
      block(0, { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } }) +
      toolBlock(1, 'toolu_2', 'now', '{}') +
      messageEnd('tool_use'),
    { calls: two, end: 'tools' },
  ),
  'a character in two halves': messages(
    messageStart() +
      textBlock(0, 'a \ud83e', '\udd8a b') +
      toolBlock(1, 'toolu_1', 'weather', '{"city":"\ud83e', '\udd8a"}') +
      messageEnd('tool_use'),
    { text: 'a 🦊 b', calls: [call('weather', { city: '🦊' })] },
  ),
  'a fallback in mid-answer': messages(
    messageStart() +
      block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'Hm' },
        { type: 'signature_delta', signature: 'A' },
      ) +
      block(1, { type: 'fallback', from: { model: 'a' }, to: { model: 'b' } }) +
      block(
        2,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: ', well' },
        { type: 'signature_delta', signature: 'B' },
      ) +
      textBlock(3, 'Hello') +
      messageEnd('end_turn', {
        output_tokens: 70,
        iterations: [{ type: 'message', input_tokens: 10, output_tokens: 40 }],
      }),
    said,
  ),
  'text that the start of its block holds': messages(
    messageStart() +
      block(0, { type: 'text', text: 'Hel' }, { type: 'text_delta', text: 'lo' }) +
      messageEnd(),
    said,
  ),
  'no blank line behind the last event': messages(
    (messageStart() + textBlock(0, 'Hello') + messageEnd()).replace(/\n\n$/, '\n'),
    said,
  ),
  'events without their name': messages(
    (messageStart() + textBlock(0, 'Hello') + messageEnd()).replaceAll(/^event: .*\n/gm, ''),
    said,
  ),
  'a whole message with blocks that nobody knows': messages(
    {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-6', stop_sequence: null },
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 'A' },
        { type: 'thinking', thinking: '', signature: 'B' },
        { type: 'redacted_thinking', data: 'x' },
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
        { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
        { type: 'text', text: 'Hel', citations: null },
        {
          type: 'text',
          text: 'lo',
          citations: [{ type: 'web_search_result_location', url: 'https://x.test' }],
        },
        { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } },
        { type: 'hologram', shape: 'cube' },
        { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
      ],
      stop_reason: 'tool_use',
      usage: {
        input_tokens: 3,
        cache_read_input_tokens: 8,
        cache_creation_input_tokens: null,
        output_tokens: 7,
        service_tier: null,
      },
    },
    { text: 'Hello', calls: two, end: 'tools', usage: { input: 11, output: 7, cached: 8 } },
  ),
  'a whole refusal': messages(
    {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-6', content: [] },
      ...{ stop_reason: 'refusal', stop_details: { type: 'refusal', category: null, explanation: 'No.' } },
      usage: { input_tokens: 11, output_tokens: 0 },
    },
    { text: '', calls: [], end: 'refusal' },
  ),
}
