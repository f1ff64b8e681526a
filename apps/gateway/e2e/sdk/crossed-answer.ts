import { expect } from 'vitest'
import type { Scenario } from './matrix.ts'
import type { SdkAnswer } from './sdk-client.ts'

const tool = (name: string) => ({
  name,
  description: name,
  parameters: { type: 'object', properties: {}, additionalProperties: true },
})
const tools = [tool('weather'), tool('now')]

/** What every client of the other dialect makes of an answer that was recorded. */
export const crossed = (
  upstream: 'openai-chat' | 'anthropic-messages',
  recording: string | object,
  expected: Partial<Omit<SdkAnswer, 'calls' | 'usage'>> & {
    calls?: unknown[]
    usage?: Partial<SdkAnswer['usage']>
  },
): Scenario => ({
  where: (cell) =>
    cell.streamed === (typeof recording === 'string') && !cell.native && cell.upstream === upstream,
  async run({ ask, say, answer, client, requests }) {
    answer({ recording: typeof recording === 'string' ? recording : JSON.stringify(recording) })
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

export type Expected = Parameters<typeof crossed>[2]

export const call = (name: string, input: unknown): Record<string, unknown> => ({ name, input })
export const said: Expected = { text: 'Hello', calls: [], end: 'stop' }
export const two: unknown[] = [call('weather', { city: 'Oslo' }), call('now', {})]
