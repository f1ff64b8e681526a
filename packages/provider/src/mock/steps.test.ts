import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MockStep, toSteps } from './steps.ts'

const request = { model: 'mock', messages: [] }
const finish = { type: 'finish' }

const texts = (steps: MockStep[]): string[] =>
  steps.flatMap((step) => (step.type === 'text' ? [step.text] : []))

test('text comes by words, or in as many pieces as asked', () => {
  expect(texts(toSteps({ text: 'one two  three ' }, request))).toEqual(['one ', 'two  ', 'three '])
  expect(texts(toSteps({ text: 'abcdefgh', chunks: 3 }, request))).toEqual(['ab', 'cde', 'fgh'])
  expect(texts(toSteps({ text: 'ab', chunks: 9 }, request))).toEqual(['a', 'b'])
})

test('however it is cut, the pieces are the text and no character is torn', () => {
  const text = fc.string({ unit: 'grapheme' })
  fc.assert(
    fc.property(text, fc.option(fc.nat(20), { nil: undefined }), (value, chunks) => {
      const pieces = texts(toSteps({ text: value, chunks }, request))
      expect(pieces.join('')).toBe(value)
      for (const piece of pieces) expect(piece.isWellFormed()).toBe(value.isWellFormed())
    }),
  )
})

test('the order is delay, thinking, text, tool uses, with the pace between', () => {
  const answer = {
    delayMs: 9,
    paceMs: 1,
    thinking: 'hm',
    text: 'hi',
    toolUses: [{ name: 'sum', input: { a: 1 } }],
  }
  const pause = { type: 'delay', ms: 1 }
  expect(toSteps(answer, request)).toEqual([
    { type: 'delay', ms: 9 },
    { type: 'thinking', text: 'hm', signature: expect.stringMatching(/^mock-signature-/) },
    pause,
    { type: 'text', text: 'hi' },
    pause,
    { type: 'tool-use', name: 'sum', input: { a: 1 } },
    pause,
    { type: 'finish' },
  ])
})

test('an error replaces the answer, after its delay', () => {
  expect(toSteps({ text: 'never', error: 'overloaded', delayMs: 5 }, request)).toEqual([
    { type: 'delay', ms: 5 },
    { type: 'fail', error: 'overloaded' },
  ])
})

test('a break comes after the first piece, and inside a tool call', () => {
  expect(toSteps({ text: 'a b', breaks: 'stall' }, request)).toEqual([
    { type: 'text', text: 'a ' },
    { type: 'stall' },
    finish,
  ])
  expect(toSteps({ toolUses: [{ name: 't', input: {} }], breaks: 'cut' }, request)).toEqual([
    { type: 'tool-use', name: 't', input: {}, partial: true },
    { type: 'fail', error: 'network' },
    finish,
  ])
})

test('maxTokens cuts the text and keeps the calls from being made', () => {
  const answer = { text: '12345678', toolUses: [{ name: 't', input: {} }] }
  expect(toSteps(answer, { ...request, maxTokens: 1 })).toEqual([
    { type: 'text', text: '1234' },
    { type: 'finish', stopReason: 'max-tokens' },
  ])
  expect(texts(toSteps({ text: 'abc😀', chunks: 1 }, { ...request, maxTokens: 1 }))).toEqual(['abc'])
  expect(toSteps({ text: '1234' }, { ...request, maxTokens: 1 }).at(-1)).toEqual(finish)
})

test('the earliest stop sequence ends the text', () => {
  const steps = toSteps({ text: 'one two three' }, { ...request, stopSequences: ['three', ' two', ''] })
  expect(steps).toEqual([
    { type: 'text', text: 'one' },
    { type: 'finish', stopReason: 'stop-sequence' },
  ])
})
