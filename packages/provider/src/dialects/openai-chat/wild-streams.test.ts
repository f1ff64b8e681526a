import { expect, test } from 'vitest'
import { collect } from '../../collect.ts'
import { decodeChunks, decodeText } from '../test-support.ts'
import { createStreamDecoder } from './decode-stream.ts'

/*
 * What servers of this wire really send, and clients of the official SDKs put up with.
 */

const chunk = (delta: object, ofChoice: object = {}, more: object = {}) => ({
  id: 'chatcmpl-1',
  model: 'gpt-4.1',
  choices: [{ index: 0, delta, finish_reason: null, ...ofChoice }],
  ...more,
})
const stop = chunk({}, { finish_reason: 'stop' })
const line = (value: object) => `data: ${JSON.stringify(value)}\n\n`

const answer = async (text: string) => {
  const events = await decodeText({ createStreamDecoder }, text)
  return collect(
    (async function* () {
      yield* events
    })(),
  )
}
const said = async (text: string) => (await answer(text)).content

const hello = [{ type: 'text', text: 'Hello' }]

test.for([
  ['spaces after the JSON', `data: ${JSON.stringify(chunk({ content: 'Hello' }))}   \n\n${line(stop)}`],
  [
    'white space inside it',
    `data: ${JSON.stringify(chunk({ content: 'Hello' }), null, 1).replaceAll('\n', ' ')}\n\n${line(stop)}`,
  ],
  [
    'several data lines of one event',
    `${`data: ${JSON.stringify(chunk({ content: 'Hello' }), null, 2)}`.replaceAll('\n', '\ndata: ')}\n\n${line(stop)}`,
  ],
  [
    'comments as signs of life',
    `: OPENROUTER PROCESSING\n\n${line(chunk({ content: 'Hel' }))}: ping\n${line(chunk({ content: 'lo' }))}${line(stop)}`,
  ],
  ['no space after the colon', line(chunk({ content: 'Hello' })).replace(': ', ':') + line(stop)],
  ['[DONE] with spaces', `${line(chunk({ content: 'Hello' }))}${line(stop)}data: [DONE] \n\n`],
  [
    'a finish_reason that is missing',
    line({ ...chunk({}), choices: [{ index: 0, delta: { content: 'Hello' } }] }) + line(stop),
  ],
  ['the reason to stop with the last text', line(chunk({ content: 'Hello' }, { finish_reason: 'stop' }))],
  ['a refusal that is false', line(chunk({ content: 'Hello', refusal: false })) + line(stop)],
  [
    'nothing but the whole message at the end',
    line({ choices: [{ index: 0, message: { content: 'Hello' }, finish_reason: 'stop' }] }),
  ],
] as const)('%s change nothing', async ([, text]) => {
  expect(await said(text)).toEqual(hello)
})

test('U+2028 and characters that are cut anywhere are text', async () => {
  const bytes = new TextEncoder().encode(line(chunk({ content: 'a\u2028🦊é' })) + line(stop))
  const events = await decodeChunks(
    { createStreamDecoder },
    Array.from(bytes, (byte) => Uint8Array.of(byte)),
  )
  expect(events[1]).toEqual({ type: 'text-delta', index: 0, text: 'a\u2028🦊é' })
})

test('usage that comes twice counts once, and the later wins', async () => {
  const first = { prompt_tokens: 7, completion_tokens: 1, total_tokens: 8 }
  const last = { ...first, completion_tokens: 3, total_tokens: 10 }
  const twice = chunk({}, { finish_reason: 'stop' }, { x_groq: { id: 'req', usage: last }, usage: last })
  const text = line(chunk({ content: 'x' }, {}, { x_groq: { usage: first } })) + line(twice)
  expect((await answer(text)).usage).toEqual({ inputTokens: 7, outputTokens: 3 })
})

test('logprobs, annotations and audio come in pieces and are kept whole', async () => {
  const token = (value: string) => ({ token: value, logprob: -1, bytes: null, top_logprobs: [] })
  const logprobs = (value: string) => ({ logprobs: { content: [token(value)], refusal: null } })
  const citation = (title: string) => ({ type: 'url_citation', url_citation: { title } })
  const { content, extra } = await answer(
    [
      chunk({ role: 'assistant', content: 'Hel' }, logprobs('Hel')),
      chunk({ content: 'lo' }, logprobs('lo')),
      chunk({ annotations: [citation('A')] }),
      chunk({ annotations: [citation('B')] }),
      chunk({ audio: { id: 'audio_1', transcript: 'Hel' } }),
      chunk({ audio: { data: 'SUQz', transcript: 'lo' } }),
      chunk({ audio: { data: 'AAAA', expires_at: 7 } }),
      stop,
    ]
      .map(line)
      .join(''),
  )
  expect(content).toEqual(hello)
  expect(extra).toEqual({
    dialect: 'openai-chat',
    choice: { logprobs: { content: [token('Hel'), token('lo')], refusal: null } },
    message: {
      annotations: [citation('A'), citation('B')],
      audio: { id: 'audio_1', transcript: 'Hello', data: 'SUQzAAAA', expires_at: 7 },
    },
  })
})

test('text after calls, and calls after that, are blocks in their order', async () => {
  const call = (index: number, id: string) => ({
    tool_calls: [{ index, id, function: { name: 'f', arguments: '{}' } }],
  })
  const events = [chunk(call(0, 'a')), chunk({ content: 'Hello' }), chunk(call(1, 'b')), stop]
  expect(await said(events.map(line).join(''))).toEqual([
    { type: 'tool-use', id: 'a', name: 'f', input: {} },
    ...hello,
    { type: 'tool-use', id: 'b', name: 'f', input: {} },
  ])
})

test('what only pads the chunks is no part of the answer', async () => {
  const padded = [
    chunk({ content: 'Hel' }, {}, { obfuscation: 'x' }),
    chunk({ content: 'lo' }, {}, { obfuscation: 'abc' }),
  ]
  const { content, extra } = await answer([...padded, { ...stop, obfuscation: 'yz' }].map(line).join(''))
  expect({ content, extra }).toEqual({ content: hello, extra: undefined })
})

test('whole calls that all have index 0 and no id are told apart', async () => {
  const call = (args: string, name = 'f') => ({
    index: 0,
    id: '',
    type: 'function',
    function: { name, arguments: args },
  })
  const inputs = async (...chunks: object[][]) => {
    const text = chunks.map((calls) => line(chunk({ tool_calls: calls }))).join('') + line(stop)
    return (await said(text)).map((block) => block.type === 'tool-use' && [block.name, block.input])
  }
  const both = [
    ['f', { a: 1 }],
    ['f', { a: 2 }],
  ]
  expect(await inputs([call('{"a":1}')], [call('{"a":2}')])).toEqual(both)
  expect(await inputs([call('{"a":1}'), call('{"a":2}')])).toEqual(both)
  // The name said again is no other call, as long as the one before is not whole.
  expect(await inputs([call('')], [call('{"a"')], [call(':1}')])).toEqual([['f', { a: 1 }]])
  expect(await inputs([call('{"a":1}')], [call('')])).toEqual([['f', { a: 1 }]])
})

test.for([
  ['vLLM', { object: 'error', message: 'Boom', type: 'InternalServerError', code: 500 }, 'overloaded'],
  ['Groq', chunk({}, {}, { x_groq: { id: 'req', error: 'Boom' } }), 'bad-response'],
] as const)('an error in the words of %s is told', async ([, error, code]) => {
  const text = `${line(chunk({ content: 'Hel' }))}${line(error)}data: [DONE]\n\n`
  await expect(answer(text)).rejects.toMatchObject({ code, message: 'Boom' })
})

test.for(['error', 'abort', 'insufficient_system_resource', 'function_call_filter: MALFORMED_FUNCTION_CALL'])(
  'a stream that stopped by %s is no answer',
  async (reason) => {
    const text = line(chunk({ content: 'Hel' })) + line(chunk({}, { finish_reason: reason }))
    for (const end of ['', 'data: [DONE]\n\n']) {
      await expect(answer(text + end)).rejects.toMatchObject({ code: 'bad-response' })
    }
  },
)

test('a filter that is named is a refusal', async () => {
  const text = line({ choices: [{ index: 0, finish_reason: 'content_filter: PROHIBITED_CONTENT' }] })
  expect(await answer(text)).toMatchObject({ content: [], stopReason: 'refusal' })
})

test.for(['', ' ', 'null', '{}'])('arguments of %j with the name are none', async (text) => {
  const called = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: text } }
  const [call] = await said(line(chunk({ tool_calls: [called] })) + line(stop))
  expect(call).toEqual({ type: 'tool-use', id: 'a', name: 'f', input: {} })
})

test.for([
  [['{"q":"hello', ' ', 'world"}'], { q: 'hello world' }],
  [['{"q":', 'null', '}'], { q: null }],
  [['', 'null', '{"q":', 'null', '}'], { q: null }],
] as const)(
  'arguments in pieces %j keep each, though the name comes with every one',
  async ([pieces, input]) => {
    const calls = pieces.map((text) => ({ index: 0, id: 'a', function: { name: 'f', arguments: text } }))
    const [call] = await said(
      calls.map((called) => line(chunk({ tool_calls: [called] }))).join('') + line(stop),
    )
    expect(call).toMatchObject({ type: 'tool-use', id: 'a', name: 'f', input })
  },
)
