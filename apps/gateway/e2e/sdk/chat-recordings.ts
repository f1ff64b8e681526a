import { call, crossed, type Expected, said, two } from './crossed-answer.ts'
import type { Scenario } from './matrix.ts'
import * as wire from './wire-text.ts'

const { callPiece, chatEnd, chunk, done } = wire

const chat = (recording: string | object, expected: Expected): Scenario =>
  crossed('openai-chat', recording, expected)

const hello = chunk({ role: 'assistant', content: '' }) + chunk({ content: 'Hel' }) + chunk({ content: 'lo' })
const fn = (name: string, args: string) => ({ type: 'function', function: { name, arguments: args } })

/** A whole Chat answer. */
const whole = (message: Record<string, unknown>, finish_reason = 'stop') => ({
  ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1_790_000_000, model: 'gpt-4o' },
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
  usage: wire.chatUsage,
})

/** Answers of Chat Completions upstreams, towards clients of the Messages API. */
export const chatRecordings: Record<string, Scenario> = {
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
  'usage within the choice, and other usage behind it': chat(
    chunk({ role: 'assistant', content: '' }) +
      chunk({ reasoning_content: '' }) +
      chunk({ content: 'Hello' }) +
      chunk(
        {},
        {},
        { finish_reason: 'stop', usage: { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 } },
      ) +
      chunk(undefined, { usage: wire.chatUsage }) +
      done,
    { ...said, usage: { input: 11, output: 7 } },
  ),
  'usage within the choice alone': chat(
    chunk({ role: 'assistant', content: 'Hello' }) +
      chunk({}, {}, { finish_reason: 'stop', usage: wire.chatUsage }) +
      done,
    { ...said, usage: { input: 11, output: 7 } },
  ),
  'usage of zeros and nulls before the real one': chat(
    chunk({ content: 'Hel' }, { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }) +
      chunk({ content: 'lo' }, { usage: { prompt_tokens: 11, completion_tokens: null } }) +
      chunk({}, { usage: wire.chatUsage }, { finish_reason: 'stop' }) +
      chunk(undefined, { usage: null }) +
      done,
    { ...said, usage: { input: 11, output: 7 } },
  ),
  'a character in two halves': chat(
    chunk({ role: 'assistant', content: 'a \ud83e' }) +
      chunk({ content: '\udd8a b' }) +
      callPiece({ index: 0, id: 'a', ...fn('weather', '{"city":"\ud83e') }) +
      callPiece({ index: 0, function: { arguments: '\udd8a"}' } }) +
      chatEnd('tool_calls'),
    { text: 'a 🦊 b', calls: [call('weather', { city: '🦊' })] },
  ),
  'chunks without choices in between': chat(
    chunk({ role: 'assistant', content: 'Hel' }) +
      chunk(undefined, { usage: null }) +
      chunk({ content: 'lo' }) +
      chatEnd(),
    said,
  ),
  'lists of no calls beside reasoning and text': chat(
    chunk({ role: 'assistant', content: '', reasoning_content: 'Hm', tool_calls: [] }) +
      chunk({ content: '', reasoning_content: ', well', tool_calls: [] }) +
      chunk({ content: 'Hello', reasoning_content: '', tool_calls: [] }, {}, { finish_reason: 'stop' }) +
      done,
    { ...said, thinking: 'Hm, well' },
  ),
  'calls without an index, whose arguments come later': chat(
    chunk({
      tool_calls: [
        { id: 'a', ...fn('weather', '') },
        { id: 'b', ...fn('now', '') },
      ],
    }) +
      chunk({
        tool_calls: [{ function: { arguments: '{"city":"Oslo"}' } }, { function: { arguments: '{}' } }],
      }) +
      chatEnd('tool_calls'),
    { calls: two, end: 'tools' },
  ),
  'a call whose index is no number': chat(
    callPiece({ index: 'zero', id: 'a', ...fn('now', '{}') }) + chatEnd('tool_calls'),
    { calls: [call('now', {})], end: 'tools' },
  ),
  'text and thinking as lists of parts': chat(
    chunk({ role: 'assistant', content: '' }) +
      chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] }) +
      chunk({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: ', well' }], closed: true },
          { type: 'text', text: 'Hel' },
        ],
      }) +
      chunk({ content: 'lo' }, {}, { finish_reason: 'stop' }) +
      done,
    { ...said, thinking: 'Hm, well' },
  ),
  'calls, but an end that says stop': chat(
    callPiece({ index: 0, id: 'a', ...fn('now', '{}') }) + chatEnd('stop'),
    { calls: [call('now', {})], end: 'tools' },
  ),
  'no blank line behind the last event': chat((hello + chatEnd()).replace(/\n\n$/, '\n'), said),
  'more behind the end, which is ignored': chat(
    `${hello}${chatEnd()}${chunk({ content: ' and more' })}garbage\n\n`,
    said,
  ),
  'a whole answer: text and thinking as lists, calls null': chat(
    whole({
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }], closed: true },
        { type: 'text', text: 'Hello' },
      ],
      tool_calls: null,
    }),
    { ...said, thinking: 'Hm', usage: { input: 11, output: 7 } },
  ),
  'a whole answer: calls with arguments that are empty': chat(
    whole(
      {
        content: null,
        refusal: null,
        tool_calls: [
          { id: 'a', ...fn('weather', '{"city":"Oslo"}') },
          { id: 'b', ...fn('now', '') },
        ],
      },
      'tool_calls',
    ),
    { text: '', calls: two, end: 'tools' },
  ),
  'a whole answer: reasoning_content, and a length': chat(
    whole({ content: 'Hello', reasoning_content: 'Hm' }, 'length'),
    { text: 'Hello', thinking: 'Hm', end: 'length' },
  ),
  'a whole answer without content': chat(whole({ content: null }), { text: '', calls: [] }),
}
