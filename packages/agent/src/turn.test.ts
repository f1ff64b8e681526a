import { createMock, createProviderManager } from '@gateway/provider'
import { expect, test } from 'vitest'
import { violations } from './invariants.ts'
import { createFixture } from './test-support.ts'

test('a turn is written as it happens: started, the message, deltas, the answer, one end', async () => {
  const { say, sessions, key, store } = await createFixture({
    script: [{ text: 'Hello there, friend.', chunks: 4 }],
  })
  const turn = await say('Hi')
  expect(turn).toMatchObject({ status: 'completed', stopReason: 'end-turn', model: 'mock', steps: 1 })
  const events = (await sessions.read(key)) ?? []
  const types = events.map((event) => event.type)
  expect(types.slice(0, 4)).toEqual(['session.created', 'turn.started', 'message', 'delta'])
  expect(types.slice(-2)).toEqual(['message', 'turn.completed'])
  const deltas = events.filter((event) => event.type === 'delta')
  expect(deltas.map((event) => event.data.text).join('')).toBe('Hello there, friend.')
  const answer = events.at(-2)
  expect(new Set(deltas.map((event) => event.data.messageId))).toEqual(new Set([answer?.data.messageId]))
  expect(await violations(store, key)).toEqual([])
})

test('a tool runs between two steps, and the model reads its result', async () => {
  const { say, types, messages, mock } = await createFixture({
    script: [
      { text: 'I calculate.', toolUses: [{ name: 'calculator', input: { operation: 'add', a: 5, b: 3 } }] },
      { text: 'It is 8.' },
    ],
    system: 'Be exact.',
  })
  expect(await say('5+3?')).toMatchObject({ status: 'completed', steps: 2 })
  expect(await types()).toEqual([
    'session.created',
    'turn.started',
    'message',
    'message',
    'tool.started',
    'tool.finished',
    'message',
    'message',
    'turn.completed',
  ])
  expect((await messages()).map((message) => message.role)).toEqual([
    'user',
    'assistant',
    'tool',
    'assistant',
  ])
  const second = mock.calls[1]
  expect(second).toMatchObject({ system: 'Be exact.', model: 'mock' })
  expect(second?.messages.at(-1)?.content).toMatchObject([{ type: 'tool-result', content: '8' }])
  expect(second?.tools?.map((tool) => tool.name)).toEqual(['echo', 'calculator'])
})

test('parallel tool calls have their results in one message, in the order of the calls', async () => {
  const { say, messages, store, key } = await createFixture({
    script: [
      {
        toolUses: [
          { name: 'echo', input: { message: 'one' } },
          { name: 'nothing', input: {} },
          { name: 'calculator', input: 'not json' },
          { name: 'echo', input: { message: 'four' } },
        ],
      },
      { text: 'Done.' },
    ],
  })
  expect(await say('go')).toMatchObject({ status: 'completed' })
  const [, asked, results] = await messages()
  const uses =
    typeof asked?.content === 'object' ? asked.content.filter((block) => block.type === 'tool-use') : []
  expect(results?.content).toMatchObject([
    { toolUseId: uses[0]?.id, content: 'one' },
    { toolUseId: uses[1]?.id, isError: true },
    { toolUseId: uses[2]?.id, isError: true },
    { toolUseId: uses[3]?.id, content: 'four' },
  ])
  expect(await violations(store, key)).toEqual([])
})

test('tool ids that a provider repeats are made unique within the session', async () => {
  const call = { toolUses: [{ name: 'echo', input: { message: 'x' }, id: 'call_0' }] }
  const { say, store, key } = await createFixture({
    script: [call, call, { text: 'ok' }, call, { text: 'ok' }],
  })
  await say('a')
  expect(await say('b')).toMatchObject({ status: 'completed' })
  expect(await violations(store, key)).toEqual([])
})

test('a tool that the session does not allow is neither offered nor run', async () => {
  const { say, messages, mock } = await createFixture({
    script: [{ toolUses: [{ name: 'calculator', input: { operation: 'add', a: 1, b: 1 } }] }, { text: 'ok' }],
    sessionTools: ['echo'],
  })
  await say('go')
  expect(mock.calls[0]?.tools?.map((tool) => tool.name)).toEqual(['echo'])
  expect((await messages())[2]?.content).toMatchObject([{ type: 'tool-result', isError: true }])
})

test('a model that never stops calling tools is stopped at the limit of steps', async () => {
  const { say, store, key } = await createFixture({
    script: [{ toolUses: [{ name: 'echo', input: { message: 'again' } }] }],
    agent: { limits: { maxSteps: 3 } },
  })
  const turn = await say('loop')
  expect(turn).toMatchObject({
    status: 'failed',
    steps: 3,
    error: { type: 'limit_error', code: 'turn_limit' },
  })
  expect(await violations(store, key)).toEqual([])
})

test('calls past the limit of tool calls are not run, have an error as result, and end the turn', async () => {
  const uses = Array.from({ length: 5 }, (_, n) => ({ name: 'echo', input: { message: String(n) } }))
  const { say, messages, types, store, key } = await createFixture({
    script: [{ toolUses: uses }],
    agent: { limits: { maxToolCalls: 3 } },
  })
  expect(await say('many')).toMatchObject({ status: 'failed', error: { code: 'turn_limit' } })
  expect((await types()).filter((type) => type === 'tool.started')).toHaveLength(3)
  const results = (await messages()).at(-1)?.content
  expect(typeof results === 'object' ? results.map((block) => 'isError' in block) : []).toEqual([
    false,
    false,
    false,
    true,
    true,
  ])
  expect(await violations(store, key)).toEqual([])
})

test('a turn ends when it has used more tokens or money than it may', async () => {
  const call = {
    toolUses: [{ name: 'echo', input: { message: 'x' } }],
    usage: { inputTokens: 60, outputTokens: 40 },
  }
  const tokens = await createFixture({ script: [call], agent: { limits: { maxTokens: 150 } } })
  expect(await tokens.say('go')).toMatchObject({ status: 'failed', steps: 2, error: { code: 'turn_limit' } })
  const money = await createFixture({
    script: [call],
    agent: { limits: { maxCostUsd: 0.5 }, costOf: (_provider, _model, usage) => usage.outputTokens / 100 },
  })
  expect(await money.say('go')).toMatchObject({ status: 'failed', steps: 2, costUsd: 0.8 })
  expect(await violations(money.store, money.key)).toEqual([])
})

test('what an answer that was cut at max-tokens asked for is not run', async () => {
  const { say, types, messages, store, key } = await createFixture({
    script: [{ text: 'Let me', toolUses: [{ name: 'echo', input: '{"mess' }], stopReason: 'max-tokens' }],
  })
  expect(await say('go')).toMatchObject({ status: 'completed', stopReason: 'max-tokens' })
  expect(await types()).not.toContain('tool.started')
  expect((await messages()).map((message) => message.content)).toEqual([
    'go',
    [{ type: 'text', text: 'Let me' }],
  ])
  expect(await violations(store, key)).toEqual([])
})

test('a paused answer is sent back and goes on in the next step', async () => {
  const { say, mock } = await createFixture({
    script: [{ text: 'Searching…', stopReason: 'pause' }, { text: 'Found.' }],
  })
  expect(await say('search')).toMatchObject({ status: 'completed', steps: 2 })
  expect(mock.calls[1]?.messages.at(-1)).toMatchObject({ role: 'assistant' })
})

test('usage and cost are summed over the steps, and an unknown price stays unknown', async () => {
  const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 4 }
  const script = [
    { toolUses: [{ name: 'echo', input: { message: 'x' } }], usage },
    { text: 'ok', usage },
  ]
  const known = await createFixture({ script, agent: { costOf: () => 0.25 } })
  expect(await known.say('go')).toMatchObject({
    usage: { inputTokens: 20, outputTokens: 10, cacheReadTokens: 8 },
    costUsd: 0.75,
  })
  const unknown = await createFixture({ script, agent: { costOf: () => undefined } })
  expect((await unknown.say('go')).costUsd).toBeUndefined()
  expect((await unknown.store.ledger('acme', { limit: 10 })).rows).toMatchObject([
    { usage: { inputTokens: 20 } },
  ])
})

test('an answer without figures is counted by us, and its usage row says that it is an estimate', async () => {
  const usage = { inputTokens: 0, outputTokens: 0, estimated: true }
  const { say, store } = await createFixture({
    script: [{ text: 'twelve chars', usage }],
    agent: {
      contextBudget: async () => ({
        maxTokens: 1000,
        tokenizer: { countMessages: (list) => list.length * 9 },
      }),
    },
  })
  expect((await say('go')).usage).toMatchObject({ inputTokens: 9, outputTokens: 3 })
  expect((await store.ledger('acme', { limit: 1 })).rows).toMatchObject([{ estimated: true }])
})

test('figures of a provider that are no counts do not keep a turn from ending', async () => {
  const usage = { inputTokens: Number.NaN, outputTokens: 2.5, cacheReadTokens: -3 }
  const { say, store, key } = await createFixture({ script: [{ text: 'ok', usage }] })
  expect(await say('go')).toMatchObject({ status: 'completed', usage: { inputTokens: 0, outputTokens: 3 } })
  expect(await violations(store, key)).toEqual([])
})

test('a turn names the model that really answered, and says once what was left out', async () => {
  const provider = createMock()
  const warning = { code: 'unsupported-option' as const, message: 'The model takes no temperature.' }
  const providers = createProviderManager({
    providers: [
      {
        ...provider,
        async stream(request, options) {
          const events = await provider.stream({ ...request, model: 'mock-2026-11-01' }, options)
          return (async function* () {
            for await (const event of events) {
              yield event
              if (event.type === 'start') yield { type: 'warning' as const, warning }
            }
          })()
        },
      },
    ],
  })
  const { say } = await createFixture({ agent: { providers } })
  expect(await say('/tool echo {"message":"x"}')).toMatchObject({
    model: 'mock-2026-11-01',
    steps: 2,
    warnings: ['The model takes no temperature.'],
  })
})
