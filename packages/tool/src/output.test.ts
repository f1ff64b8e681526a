import type { ContentBlock } from '@gateway/provider'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toErrorOutput, toOutput } from './output.ts'
import { utf8Length } from './text.ts'

const cap = 1 << 20
/** Characters of every UTF-8 length, half ones included. */
const anyText = fc
  .array(fc.constantFrom('a', 'é', '€', '😀', '\ud83d', '\ude00', '\u001b[1m'))
  .map((parts) => parts.join(''))
const image = (bytes: number): ContentBlock => ({
  type: 'image',
  source: { kind: 'base64', mediaType: 'image/png', data: 'A'.repeat(bytes) },
})

test('keeps text as it is, and writes every other JSON value as JSON', () => {
  expect(toOutput('plain "text"', cap)).toEqual({ content: 'plain "text"', bytes: 12, truncated: false })
  expect(toOutput('', cap)).toEqual({ content: '', bytes: 0, truncated: false })
  const values: [unknown, string][] = [
    [8, '8'],
    [null, 'null'],
    [false, 'false'],
    [[1, 'ä'], '[1,"ä"]'],
    [{ a: { b: 1 }, gone: undefined }, '{"a":{"b":1}}'],
    [{ content: [1, 2] }, '{"content":[1,2]}'],
    [{ content: 'x' }, '{"content":"x"}'],
    [
      { content: [{ type: 'text', text: 'x' }], more: 1 },
      '{"content":[{"type":"text","text":"x"}],"more":1}',
    ],
    [{ content: [{ type: 'row', text: 'x' }] }, '{"content":[{"type":"row","text":"x"}]}'],
  ]
  for (const [value, content] of values) expect(toOutput(value, cap).content).toBe(content)
})

test('says clearly that an output is no JSON value', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  for (const value of [undefined, () => 1, Symbol('x'), Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => toOutput(value, cap)).toThrow(/is not a JSON value/)
  }
  for (const value of [1n, cyclic, { a: [1n] }]) {
    expect(() => toOutput(value, cap)).toThrow(/cannot be written as JSON/)
  }
})

test('keeps content blocks and cleans their text', () => {
  const { content, bytes, truncated } = toOutput(
    { content: [{ type: 'text', text: 'a\u001b[1mb' }, image(4)] satisfies ContentBlock[] },
    cap,
  )
  expect(content).toEqual([{ type: 'text', text: 'ab' }, image(4)])
  expect(bytes).toBe(utf8Length('a\u001b[1mb') + JSON.stringify(image(4)).length)
  expect(truncated).toBe(false)
  expect(toOutput({ content: [] }, cap).content).toEqual([])
})

test('refuses blocks that do not belong into a tool result', () => {
  const blocks = [
    { type: 'tool-use', id: 'x', name: 'bash', input: {} },
    { type: 'thinking', text: 'hm' },
    { type: 'text' },
    { type: 'image', source: { kind: 'base64', data: 'AA' } },
    { type: 'document', source: { kind: 'file', url: 'x' } },
  ]
  for (const block of blocks) {
    expect(() => toOutput({ content: [{ type: 'text', text: 'a' }, block] }, cap)).toThrow(
      `Block 1 ("${block.type}") of the output cannot be sent to a model`,
    )
  }
})

test('cuts text at the limit and says so', () => {
  expect(toOutput('x'.repeat(10), 10).truncated).toBe(false)
  expect(toOutput('x'.repeat(11), 10)).toEqual({
    content: `${'x'.repeat(10)}\n[output truncated: 10 of 11 bytes]`,
    bytes: 11,
    truncated: true,
  })
  expect(toOutput('ab😀d', 5).content).toBe('ab\n[output truncated: 2 of 7 bytes]')
})

test('cuts at any byte without breaking a character', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, max) => {
      const { content, bytes, truncated } = toOutput(text, max)
      expect(bytes).toBe(new TextEncoder().encode(text).length)
      expect(truncated).toBe(bytes > max)
      if (typeof content !== 'string') throw new Error('text became blocks')
      expect(content.isWellFormed()).toBe(true)
      const kept = truncated ? content.slice(0, content.lastIndexOf('\n')) : content
      expect(utf8Length(kept)).toBeLessThanOrEqual(max)
    }),
  )
})

test('cuts a text block, drops what comes behind it, and never cuts an image', () => {
  const text = (value: string): ContentBlock => ({ type: 'text', text: value })
  expect(toOutput({ content: [text('abc'), text('defg'), text('h')] }, 5)).toEqual({
    content: [text('abc'), text('de'), text('[output truncated: 5 of 8 bytes]')],
    bytes: 8,
    truncated: true,
  })
  const { content } = toOutput({ content: [text('abc'), image(100), text('x')] }, 50)
  expect(content).toEqual([text('abc'), expect.objectContaining({ type: 'text' })])
})

test('shortens error messages and keeps them clean', () => {
  const output = toErrorOutput(`\u001b[31m${'x'.repeat(5000)}`)
  expect(output.content).toBe(`${'x'.repeat(1000)}…`)
  expect(output).toMatchObject({ truncated: true, bytes: 5005 })
  expect(toErrorOutput('short')).toEqual({ content: 'short', bytes: 5, truncated: false })
})
