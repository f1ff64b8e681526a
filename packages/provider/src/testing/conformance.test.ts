import { expect, test } from 'vitest'
import { createAnthropic } from '../providers/anthropic.ts'
import { createGroq } from '../providers/groq.ts'
import { createOpenAI } from '../providers/openai.ts'
import { createOpenAICompatible } from '../providers/openai-compatible.ts'
import type { StreamEvent } from '../types/stream-event.ts'
import { providerConformance } from './conformance.ts'

const apiKey = 'test-key'

providerConformance('anthropic', {
  make: (fetch) => createAnthropic({ apiKey, fetch }),
  model: 'claude-sonnet-4-6',
  test,
})

providerConformance('openai', { make: (fetch) => createOpenAI({ apiKey, fetch }), model: 'gpt-5-mini', test })

providerConformance('openai-compatible', {
  make: (fetch) =>
    createOpenAICompatible({
      name: 'local',
      baseURL: 'http://local.test/v1',
      apiKey,
      models: ['llama4'],
      fetch,
    }),
  model: 'llama4',
  test,
})

providerConformance('groq', {
  make: (fetch) => createGroq({ apiKey, baseURL: 'http://groq.test/v1', fetch }),
  model: 'openai/gpt-oss-120b',
  test,
})

/** Runs the suite on a provider whose stream was tampered with; gives the names of the tests that fail. */
const failing = async (tamper: (events: AsyncIterable<StreamEvent>) => AsyncIterable<StreamEvent>) => {
  const runs: { name: string; run: () => Promise<void> }[] = []
  providerConformance('bad', {
    make(fetch) {
      const provider = createOpenAI({ apiKey, fetch })
      return {
        ...provider,
        stream: async (request, options) => tamper(await provider.stream(request, options)),
      }
    },
    model: 'gpt-5-mini',
    test: (name, run) => void runs.push({ name, run }),
  })
  const failed: string[] = []
  for (const { name, run } of runs) await run().catch(() => failed.push(name))
  return failed
}

test('a provider that makes a broken stream look whole does not pass', async () => {
  const failed = await failing(async function* (events) {
    try {
      yield* events
    } catch {
      yield { type: 'finish', stopReason: 'end-turn', usage: { inputTokens: 1, outputTokens: 1 } }
    }
  })
  expect(failed).toEqual([
    expect.stringContaining('never a short success'),
    expect.stringContaining('an abort of an idle stream'),
  ])
})

test('a provider that loses the arguments of tool calls does not pass', async () => {
  const failed = await failing(async function* (events) {
    for await (const event of events) if (event.type !== 'tool-input-delta') yield event
  })
  expect(failed).toEqual([expect.stringContaining('collected, is the whole answer')])
})

test('a provider that starts twice does not pass', async () => {
  const failed = await failing(async function* (events) {
    yield { type: 'start', id: 'x', model: 'x' }
    yield* events
  })
  expect(failed).toContainEqual(expect.stringContaining('starts once'))
})
