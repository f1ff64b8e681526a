import { expect, test } from 'vitest'
import { collect } from '../collect.ts'
import { ProviderError } from '../errors.ts'
import type { CompletionRequest } from '../types/completion.ts'
import type { Message } from '../types/message.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import { createMock, type MockOptions } from './create-mock.ts'

const ask = (text: string, more: Partial<CompletionRequest> = {}): CompletionRequest => ({
  model: 'mock',
  messages: [{ role: 'user', content: text }],
  ...more,
})

/** A mock that never waits and writes down how long it would have. */
const instant = (options: MockOptions = {}) => {
  const slept: number[] = []
  const mock = createMock({
    sleep: async (ms, signal) => {
      slept.push(ms)
      signal?.throwIfAborted()
    },
    ...options,
  })
  return { mock, slept }
}

const events = async (stream: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> => {
  const seen: StreamEvent[] = []
  for await (const event of stream) seen.push(event)
  return seen
}

test('says that it is a mock and quotes the user, word by word', async () => {
  const { mock } = instant()
  const seen = await events(await mock.stream(ask('hello there')))
  const words = ['This ', 'is ', 'the ', 'mock ', 'model. ', 'You ', 'said: ', 'hello ', 'there']
  expect(seen).toEqual([
    { type: 'start', id: 'mock_1', model: 'mock' },
    ...words.map((text) => ({ type: 'text-delta', index: 0, text })),
    { type: 'block-end', index: 0 },
    { type: 'finish', stopReason: 'end-turn', usage: { inputTokens: 3, outputTokens: 12 } },
  ])
})

test('complete is the collected stream', async () => {
  const request = ask('/think hm\n/say hi\n/tool sum {"a":1}')
  const whole = await instant().mock.complete(request)
  expect(whole).toEqual(await collect(await instant().mock.stream(request)))
  expect(whole).toMatchObject({
    content: [
      { type: 'thinking', text: 'hm', signature: expect.any(String), extra: { dialect: 'mock' } },
      { type: 'text', text: 'hi' },
      { type: 'tool-use', id: 'call_mock_1', name: 'sum', input: { a: 1 } },
    ],
    stopReason: 'tool-use',
  })
})

test('two mocks that are asked the same answer the same', async () => {
  const request = ask('/think x\n/long 50')
  expect(await instant().mock.complete(request)).toEqual(await instant().mock.complete(request))
})

test('calls the tools, then answers with their results, and ids go on through the conversation', async () => {
  const { mock } = instant()
  const first = await mock.complete(ask('/tool calculator {"operation":"add","a":3,"b":5}\n/tool now'))
  const results: Message = {
    role: 'tool',
    content: [
      { type: 'tool-result', toolUseId: 'call_mock_1', content: '8' },
      {
        type: 'tool-result',
        toolUseId: 'call_mock_2',
        content: [{ type: 'text', text: 'no clock' }],
        isError: true,
      },
    ],
  }
  const history: Message[] = [
    ...ask('/tool calculator {}').messages,
    { role: 'assistant', content: first.content },
  ]
  const second = await mock.complete(ask('', { messages: [...history, results] }))
  expect(second.content).toEqual([
    { type: 'text', text: 'The tool calculator answered: 8\nThe tool now failed: no clock' },
  ])
  const again: Message = { role: 'user', content: '/tool now' }
  const third = await mock.complete(ask('', { messages: [...history, results, again] }))
  expect(third.content).toMatchObject([{ id: 'call_mock_3' }])
})

test('/then scripts the answers that follow tool results', async () => {
  const { mock } = instant()
  const messages = [...ask('/tool a {}\n/then\n/tool b {}\n/then\n/fail overloaded').messages]
  for (const name of ['a', 'b']) {
    const { content } = await mock.complete(ask('', { messages }))
    expect(content).toMatchObject([{ name }])
    const id = content.find((block) => block.type === 'tool-use')?.id ?? ''
    messages.push({ role: 'assistant', content })
    messages.push({ role: 'user', content: [{ type: 'tool-result', toolUseId: id, content: 'ok' }] })
  }
  await expect(mock.complete(ask('', { messages }))).rejects.toMatchObject({ code: 'overloaded' })
})

test('arguments that are no JSON go out as they are', async () => {
  const { content } = await instant().mock.complete(ask('/tool sum {"a": oops'))
  expect(content).toEqual([
    { type: 'tool-use', id: 'call_mock_1', name: 'sum', input: {}, inputText: '{"a": oops' },
  ])
})

test('/fail and its delay belong to the call, not to the stream', async () => {
  const { mock, slept } = instant()
  const failed = mock.stream(ask('/delay 70\n/fail rate-limit 1500'))
  await expect(failed).rejects.toMatchObject({
    code: 'rate-limit',
    provider: 'mock',
    status: 429,
    retryAfterMs: 1500,
    retryable: true,
  })
  expect(slept).toEqual([70])
})

test('/delay waits once before the first event, /pace between the pieces', async () => {
  const { mock, slept } = instant()
  const stream = await mock.stream(ask('/delay 70\n/pace 5\n/chunks 3\n/say abcdef'))
  expect(slept).toEqual([70])
  await events(stream)
  expect(slept).toEqual([70, 5, 5, 5])
})

test('/cut breaks after the first piece with a network error', async () => {
  const seen: StreamEvent[] = []
  const broken = (async () => {
    for await (const event of await instant().mock.stream(ask('/cut\n/say one two'))) seen.push(event)
  })()
  await expect(broken).rejects.toMatchObject({ code: 'network' })
  expect(seen.map(({ type }) => type)).toEqual(['start', 'text-delta'])
})

test('/stall sends nothing more until the abort, whose reason comes out untouched', async () => {
  const controller = new AbortController()
  const reason = { because: 'enough' }
  const stream = await createMock().stream(ask('/stall\n/say one two'), { signal: controller.signal })
  const iterator = stream[Symbol.asyncIterator]()
  await iterator.next()
  await expect(iterator.next()).resolves.toMatchObject({ value: { text: 'one ' } })
  const pending = iterator.next()
  controller.abort(reason)
  await expect(pending).rejects.toBe(reason)
  const call = createMock().complete(ask('/stall'), { signal: AbortSignal.abort(reason) })
  await expect(call).rejects.toBe(reason)
})

test('an abort between two events ends the answer, also when nothing waits', async () => {
  const controller = new AbortController()
  const seen: string[] = []
  const read = (async () => {
    for await (const event of await createMock().stream(ask('/long 100'), { signal: controller.signal })) {
      seen.push(event.type)
      if (event.type === 'text-delta') controller.abort('enough')
    }
  })()
  await expect(read).rejects.toBe('enough')
  expect(seen).toEqual(['start', 'text-delta'])
})

test('an abort ends a delay of the real clock', async () => {
  const controller = new AbortController()
  const call = createMock().complete(ask('/delay 600000'), { signal: controller.signal })
  controller.abort('enough')
  await expect(call).rejects.toBe('enough')
})

test('a queue is answered in order and its last answer again and again', async () => {
  const { mock } = instant({ script: [{ text: 'one' }, [{ type: 'text', text: 'two' }]] })
  const answers = []
  for (let call = 0; call < 3; call += 1) answers.push((await mock.complete(ask('x'))).content)
  expect(answers).toEqual(['one', 'two', 'two'].map((text) => [{ type: 'text', text }]))
})

test('a script sees the request and the number of calls, and may fail with an error of its own', async () => {
  const error = new ProviderError('mine', { code: 'content-filter' })
  const { mock } = instant({
    script: (request, index) => [
      { type: 'text', text: `${index}${request.model}` },
      ...(index === 1 ? [{ type: 'fail', error } as const] : []),
      { type: 'finish', stopReason: 'refusal', usage: { inputTokens: 7, outputTokens: 8 } },
    ],
  })
  await expect(mock.complete(ask('x'))).resolves.toMatchObject({
    content: [{ text: '0mock' }],
    stopReason: 'refusal',
    usage: { inputTokens: 7, outputTokens: 8 },
  })
  await expect(mock.complete(ask('x'))).rejects.toBe(error)
})

test('an answer without any output is still a whole answer', async () => {
  const { mock } = instant({ script: [[]] })
  await expect(mock.complete(ask('x'))).resolves.toMatchObject({ content: [], stopReason: 'end-turn' })
})

test('remembers its latest calls and no more than it may', async () => {
  const { mock } = instant({ keepCalls: 2 })
  for (const text of ['a', 'b', 'c']) await mock.complete(ask(text))
  expect(mock.calls).toEqual([ask('b'), ask('c')])
  expect(createMock({ keepCalls: 0 }).calls).toEqual([])
})

test('serves mock, mock-* and the models that it was given', () => {
  const mock = createMock({ name: 'fake', models: ['claude-x'] })
  expect(mock).toMatchObject({ name: 'fake', dialects: ['mock'], models: ['mock', 'claude-x'] })
  expect(['mock', 'mock-large', 'claude-x', 'mocking', 'gpt-4'].map(mock.serves)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
})

test('a message without words, tools that are unknown and media are no trouble', async () => {
  const { mock } = instant()
  const image = { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } } as const
  const say = async (messages: Message[]) => (await mock.complete(ask('', { messages }))).content
  expect(await say([])).toEqual([{ type: 'text', text: 'This is the mock model. You said nothing.' }])
  expect(await say([{ role: 'user', content: [image] }])).toEqual([
    { type: 'text', text: 'This is the mock model. You said: [image]' },
  ])
  expect(
    await say([{ role: 'tool', content: [{ type: 'tool-result', toolUseId: 'x', content: '8' }] }]),
  ).toEqual([{ type: 'text', text: 'The tool answered: 8' }])
})

test('its own dialect is the vocabulary as JSON', async () => {
  const { mock } = instant()
  const seen: unknown[] = []
  const sink = {
    head: (status: number) => void seen.push(status),
    data: (bytes: Uint8Array) => seen.push(JSON.parse(new TextDecoder().decode(bytes))) > 0,
    end: () => void seen.push('end'),
    error: (error: unknown) => void seen.push(error),
  }
  const encode = (text: string) => new TextEncoder().encode(text)
  await mock.forward('mock', encode(JSON.stringify(ask('/say hi'))), sink)
  expect(seen).toEqual([200, expect.objectContaining({ content: [{ type: 'text', text: 'hi' }] }), 'end'])
  await expect(mock.forward('openai-chat', encode('{}'), sink)).rejects.toMatchObject({ code: 'unsupported' })
  for (const body of ['{', '[]', '{"model":"mock"}']) {
    await expect(mock.forward('mock', encode(body), sink)).rejects.toMatchObject({ code: 'invalid-request' })
  }
})
