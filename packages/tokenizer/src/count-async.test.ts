import { expect, test } from 'vitest'
import { countAsync } from './count-async.ts'
import { createEstimator, getTokenizer } from './tokenizer.ts'
import type { ModelTokenizer } from './types.ts'

const exact = await getTokenizer('gpt-4o')
const text = "Some text, and it's long. ".repeat(4_000)

test('a large text is counted as at once, with pauses in between', async () => {
  for (const tokenizer of [exact, createEstimator({ model: 'claude-opus-4-8' })]) {
    for (const whole of [text, '', 'short', 'a'.repeat(100_000), '😀'.repeat(40_000)]) {
      let pauses = 0
      const pause = async () => {
        pauses += 1
      }
      expect(await countAsync(tokenizer, whole, { pause })).toBe(tokenizer.count(whole))
      expect(pauses).toBeGreaterThanOrEqual(Math.floor(whole.length / 4_097))
    }
  }
})

const image = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAYAAAA10dzk'
const body = {
  system: [{ type: 'text', text }],
  messages: [
    ...Array.from({ length: 2_000 }, (_, n) => ({ role: 'user', name: 'me', content: `Message ${n}` })),
    { role: 'user', content: [{ type: 'image_url', image_url: { url: image } }, null, ''] },
    { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{"a":1}' } }] },
    { role: 'tool', content: text },
  ],
  tools: [{ name: 'f', input_schema: { type: 'object', properties: { a: { enum: [1, 'b'] } } } }],
  tool_choice: 'required',
  response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } },
}

test.each(['gpt-4o', 'claude-sonnet-4-6', 'claude-opus-4-8', 'gemini-3-pro', 'some-local-model'])(
  'a whole request to %s is counted as by countRequest, with pauses in between, many short texts included',
  async (model) => {
    const tokenizer = await getTokenizer(model)
    let pauses = 0
    const pause = async () => {
      pauses += 1
    }
    const whole = await countAsync(tokenizer, body, { pause })
    expect(whole).toBe(tokenizer.countRequest(body))
    expect(pauses).toBeGreaterThan(60)
    expect(await countAsync(tokenizer, { messages: [] }, { pause })).toBe(0)
    const noRequest = expect.objectContaining({ code: 'invalid-input' })
    await expect(countAsync(tokenizer, {}, { pause })).rejects.toEqual(noRequest)
  },
)

test('a tokenizer of somebody else is asked once, for the whole request', async () => {
  const { kind, model, count, countMessages } = exact
  const theirs = { kind, model, count, countMessages, countRequest: () => 42 }
  expect(await countAsync(theirs, body)).toBe(42)
})

test('no stretch is longer than 4,096 characters, and the first ones are shorter', async () => {
  const stretches: number[] = []
  const running = { push: (more: string) => void stretches.push(more.length), count: () => 0 }
  const recording: ModelTokenizer = { ...exact, startCount: () => running }
  await countAsync(recording, 'x'.repeat(20_000), { pause: async () => {} })
  expect(stretches).toEqual([512, 1_024, 2_048, 4_096, 4_096, 4_096, 4_096, 32])
})

test('other work runs before a large text is counted', async () => {
  const order: string[] = []
  const counting = countAsync(exact, text).then(() => order.push('counted'))
  setTimeout(() => order.push('other work'), 0)
  await counting
  expect(order).toEqual(['other work', 'counted'])
})

test('an abort ends the count with its own reason', async () => {
  const reason = new Error('nobody waits any more')
  await expect(countAsync(exact, text, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  const controller = new AbortController()
  let pauses = 0
  const pause = async () => {
    pauses += 1
    controller.abort(reason)
  }
  await expect(countAsync(exact, text, { signal: controller.signal, pause })).rejects.toBe(reason)
  expect(pauses).toBe(1)
})
