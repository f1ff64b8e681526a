import type { FakeDelivery, FakeStep } from '@gateway/provider/testing'
import { expect } from 'vitest'
import { runMatrix, type Scenario } from './matrix.ts'

const text = 'Grüße 🦊,\u2028 "quoted" \\ 你好 — so long.'
const tool = {
  name: 'weather',
  description: 'Tells the weather.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const steps: FakeStep[] = [
  ...text.split(/(?<=\s)/).map((piece): FakeStep => ({ type: 'text', text: piece })),
  { type: 'ping' },
  { type: 'tool-call', name: 'weather', input: { city: 'Łódź 🌧' } },
  { type: 'tool-call', name: 'weather', input: { city: 'Oslo' } },
]

const delivered = (delivery: FakeDelivery): Scenario => ({
  // A relay changes no byte, and this SDK does not see an end whose last byte is CR.
  where: ({ client, native }) =>
    !(native && delivery.lineEnd === '\r' && client.name === '@ai-sdk/anthropic'),
  async run({ ask, say, answer, deliver }) {
    answer(steps)
    deliver(delivery)
    const got = await ask({ turns: [{ user: say('Hello') }], tools: [tool] })
    expect(got).toMatchObject({ text, end: 'tools' })
    expect(got.calls.map(({ input }) => input)).toEqual([{ city: 'Łódź 🌧' }, { city: 'Oslo' }])
    expect(got.usage.output).toBeGreaterThan(0)
  },
})

runMatrix({
  'every byte on its own': delivered({ cut: 1 }),
  'in one piece': delivered({ cut: 'none' }),
  'cut anywhere, lines ended by CR LF': delivered({ cut: 'random', lineEnd: '\r\n' }),
  'lines ended by CR, every byte on its own': delivered({ cut: 1, lineEnd: '\r' }),
  'comments between the events, a byte order mark': delivered({ comments: true, bom: true }),
  'no space behind the colons': delivered({ tight: true }),
  'gzip, flushed by event': delivered({ gzip: true }),
  'gzip, cut anywhere': delivered({ gzip: true, cut: 'random' }),

  'pieces of a megabyte, cut anywhere': {
    where: ({ streamed }) => streamed,
    async run({ ask, say, answer, deliver }) {
      const long = 'ü🦊x'.repeat(180_000)
      answer([
        { type: 'text', text: long },
        { type: 'text', text: '.' },
      ])
      deliver({ cut: 65_521 })
      const got = await ask({ turns: [{ user: say('Hello') }] })
      expect(got.text === `${long}.`).toBe(true)
    },
  },
})
