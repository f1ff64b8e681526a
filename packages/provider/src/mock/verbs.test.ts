import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseScript } from './verbs.ts'

test('reads every verb at the start of a message and leaves the rest', () => {
  const message = [
    '/delay 10',
    '/pace 5',
    '/chunks 3',
    '/think hmm',
    '/say one',
    '/say two',
    '/tool sum {"a": 1}',
    '/tool now',
    '/cut',
    'and /say this',
    '/say not this',
  ].join('\n')
  expect(parseScript(message)).toEqual({
    answers: [
      {
        delayMs: 10,
        paceMs: 5,
        chunks: 3,
        thinking: 'hmm',
        text: 'one\ntwo',
        toolUses: [
          { name: 'sum', input: '{"a": 1}' },
          { name: 'now', input: '' },
        ],
        breaks: 'cut',
      },
    ],
    rest: 'and /say this\n/say not this',
  })
})

test('/then begins the next answer', () => {
  expect(parseScript('/tool a {}\n/then\n/tool b {}\n/then\n/say done')).toEqual({
    answers: [
      { toolUses: [{ name: 'a', input: '{}' }] },
      { toolUses: [{ name: 'b', input: '{}' }] },
      { text: 'done' },
    ],
    rest: '',
  })
})

test('/fail takes a code and how long to wait', () => {
  expect(parseScript('/fail overloaded').answers).toEqual([{ error: 'overloaded' }])
  expect(parseScript('/fail rate-limit 1500').answers).toEqual([{ error: 'rate-limit', retryAfterMs: 1500 }])
})

test('a line that is no verb, or a verb without sense, is ordinary text', () => {
  const lines = [
    'hello',
    ' /say x',
    '/nope',
    '/constructor',
    '/delay soon',
    '/delay -1',
    '/fail badly',
    '/fail timeout soon',
    '/stall now',
    '/tool',
    '/think',
    '/then what',
    '',
  ]
  for (const line of lines) expect(parseScript(line)).toEqual({ answers: [{}], rest: line })
})

test('numbers are bounded, so that nobody can ask for a year or a gigabyte', () => {
  const { answers } = parseScript('/delay 99999999999999999999\n/pace 600001\n/chunks 999999\n/long 99999999')
  expect(answers[0]).toMatchObject({ delayMs: 600_000, paceMs: 600_000, chunks: 10_000 })
  expect(answers[0]?.text?.split(' ')).toHaveLength(100_000)
})

test('any message is read without an error, and what is no verb is kept', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseScript(`x${text}`)).toEqual({ answers: [{}], rest: `x${text}` })
      expect(() => parseScript(`/${text}`)).not.toThrow()
    }),
  )
})
