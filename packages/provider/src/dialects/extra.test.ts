import { expect, test } from 'vitest'
import { fillIn, ownExtra, takeExtra, toExtra } from './extra.ts'
import { createWarnings } from './warnings.ts'

test('tagged fields are for their dialect alone, untagged ones for whichever is asked', () => {
  const extra = toExtra('openai-chat', { logprobs: true })
  expect(extra).toEqual({ dialect: 'openai-chat', logprobs: true })
  expect(ownExtra({ extra }, 'openai-chat')).toEqual({ logprobs: true })
  expect(ownExtra({ extra }, 'anthropic-messages')).toEqual({})
  expect(ownExtra({ extra: { logprobs: true } }, 'anthropic-messages')).toEqual({ logprobs: true })
  expect(ownExtra({}, 'openai-chat')).toEqual({})
  expect(toExtra('openai-chat', {})).toBeUndefined()
})

test('fields of another dialect are warned of in one sentence, once', () => {
  const warnings = createWarnings()
  const extra = { dialect: 'openai-chat', a: 1, b: 2 }
  for (let again = 0; again < 2; again += 1) {
    expect(takeExtra({ extra }, 'anthropic-messages', 'a message', warnings)).toEqual({})
  }
  expect(warnings.list().map((warning) => warning.message)).toEqual([
    '"a", "b" of a message are not sent: they belong to openai-chat.',
  ])
})

test('a field that says what holds without it is not worth a warning', () => {
  const warnings = createWarnings()
  const extra = { dialect: 'openai-chat', n: 1, store: false, user: null, modalities: ['text'], seed: 7 }
  takeExtra({ extra }, 'anthropic-messages', 'the request', warnings)
  takeExtra({ extra: { dialect: 'openai-chat', type: 'refusal' } }, 'mock', 'a text block', warnings)
  const choice = { dialect: 'openai-chat', tool_choice: { type: 'allowed_tools' } }
  takeExtra({ extra: choice }, 'mock', 'the request', warnings)
  takeExtra({ extra: { dialect: 'anthropic-messages', original: {} } }, 'mock', 'a document', warnings)
  expect(warnings.list().map((warning) => warning.message)).toEqual([
    '"seed" of the request is not sent: it belongs to openai-chat.',
  ])
})

test('fields are filled in and never replace what is there, nor what is ours alone', () => {
  const body = { model: 'm', top_p: undefined, metadata: { a: 1 }, list: [1] }
  const extra = { model: 'evil', top_p: 1, metadata: { a: 2, b: 2 }, list: [2], seed: 3 }
  expect(fillIn(body, extra, ['top_p'])).toEqual({ model: 'm', metadata: { a: 1, b: 2 }, list: [1], seed: 3 })
})

test('a key __proto__ is a key', () => {
  const filled = fillIn({}, JSON.parse('{"__proto__":{"polluted":true}}'))
  expect(Object.keys(filled)).toEqual(['__proto__'])
  expect('polluted' in filled).toBe(false)
})
