import { expect, test } from 'vitest'
import { toSse } from '../dialects/test-support.ts'
import { ask, call, sse } from './test-support.ts'

const chunk = (delta: object, finish: string | null = null, index = 0) => ({
  id: 'c1',
  model: 'gpt-4.1',
  choices: [{ index, delta, finish_reason: finish }],
})
const usage = { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 }
const usageOnly = { id: 'c1', model: 'gpt-4.1', choices: [], usage }

test.for([
  ['relayed', ask('openai-chat', {})],
  ['translated', ask('anthropic-messages', { model: 'gpt-4.1' })],
] as const)(
  '%s: a stream that stopped for a fault of its server is an error and is metered',
  async ([, request]) => {
    for (const reason of ['error', 'abort']) {
      const { called, client, upstream } = call(request)
      upstream.sink.head(200, sse)
      upstream.send(`${toSse([chunk({ content: 'Hal' }), chunk({}, reason), usageOnly])}data: [DONE]\n\n`)
      upstream.sink.end()
      const report = await called
      expect(report.error).toMatchObject({ code: 'bad-response', message: expect.stringContaining(reason) })
      expect(report.usage).toEqual({ inputTokens: 3, outputTokens: 9 })
      expect(client.ended).toBe(true)
    }
  },
)

test('one of several choices that stopped for a fault makes the answer an error', async () => {
  const { called, upstream } = call(ask('openai-chat', { n: 2 }))
  upstream.sink.head(200, sse)
  const choices = [chunk({ content: 'Hello' }), chunk({ content: 'Hal' }, null, 1)]
  const ends = [chunk({}, 'stop'), chunk({}, 'error', 1)]
  upstream.send(`${toSse([...choices, ...ends])}data: [DONE]\n\n`)
  upstream.sink.end()
  expect(await called).toMatchObject({
    error: { code: 'bad-response' },
    usage: { inputTokens: 0, outputTokens: 0, estimated: true },
  })
})
