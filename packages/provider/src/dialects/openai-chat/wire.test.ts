import { expect, test } from 'vitest'
import { readAnswer, readUsage } from './wire.ts'

// A field that the hand-written check leaves to the schema.
const viaSchema = (body: object) => readAnswer({ ...body, x_groq: null })

test.for([
  { id: 'c', model: 'm', choices: [{ index: 0, delta: { content: 'x', new: [1] }, finish_reason: null }] },
  { id: null, choices: [{ delta: {}, finish_reason: 'stop', logprobs: { content: [] } }], usage: null },
  { choices: [], usage: { prompt_tokens: 1, new: 2 }, service_tier: 'default' },
  { choices: [{ message: { role: 'assistant', content: null, refusal: 'no', tool_calls: null } }] },
])('%j reads the same by hand', (body) => {
  expect(readAnswer(body)).toEqual(body)
  expect(viaSchema(body)).toEqual({ ...body, x_groq: null })
})

test.for([
  { choices: 'x' },
  { id: 1, choices: [] },
  { choices: ['x'] },
  { choices: [{ delta: { content: 1 } }] },
  { choices: [{ index: 'a' }] },
  { choices: [], usage: 3 },
  'text',
])('%j is no answer', (body) => {
  expect(readAnswer(body)).toBeUndefined()
})

test('what of an answer is odd but known is mended', () => {
  const [choice] = readAnswer({ choices: [{ delta: { refusal: false, content: 'x' } }] })?.choices ?? []
  expect(choice?.delta).toEqual({ content: 'x' })
})

test('figures that are none are absent', () => {
  expect(readUsage({ prompt_tokens: 3, prompt_tokens_details: { cached_tokens: 1 } })).toEqual({
    prompt_tokens: 3,
    prompt_tokens_details: { cached_tokens: 1 },
  })
  for (const text of [
    '{"prompt_tokens":1e400}',
    '{"prompt_tokens":"3"}',
    '[]',
    '{"completion_tokens_details":[]}',
  ]) {
    expect(readUsage(JSON.parse(text))).toEqual({})
  }
  expect(
    readUsage({ prompt_tokens: '3', completion_tokens: 2, prompt_tokens_details: { cached_tokens: '1' } }),
  ).toEqual({ completion_tokens: 2, prompt_tokens_details: {} })
})
