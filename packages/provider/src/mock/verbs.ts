import type { ProviderErrorCode } from '../errors.ts'
import type { MockAnswer, MockToolUse } from './steps.ts'

/** What a user's message tells the mock to do. */
export interface MockScript {
  /** One answer for each step of the turn; `/then` begins the next. */
  answers: MockAnswer[]
  /** The message without its verbs. */
  rest: string
}

type Draft = MockAnswer & { toolUses?: MockToolUse[] }

/** Anyone who may talk to the mock may write these numbers, so each has a bound. */
const bounds = { ms: 600_000, chunks: 10_000, words: 100_000 }

/** Lists every code, so that a new one is a type error here until the mock knows it. */
const codes = {
  authentication: true,
  permission: true,
  'invalid-request': true,
  'context-length': true,
  'not-found': true,
  'rate-limit': true,
  overloaded: true,
  quota: true,
  'content-filter': true,
  timeout: true,
  network: true,
  'bad-response': true,
  unsupported: true,
} satisfies Record<ProviderErrorCode, true>

const isCode = (value: string): value is ProviderErrorCode => Object.hasOwn(codes, value)

/** Each changes the draft, or says by `false` that its argument makes no sense: then the line is ordinary text. */
const verbs: Readonly<Record<string, (draft: Draft, argument: string) => boolean>> = {
  tool(draft, argument) {
    const [, name, input = ''] = /^(\S+)\s*(.*)$/s.exec(argument) ?? []
    if (name === undefined) return false
    draft.toolUses = [...(draft.toolUses ?? []), { name, input }]
    return true
  },
  say(draft, argument) {
    draft.text = draft.text === undefined ? argument : `${draft.text}\n${argument}`
    return true
  },
  long: (draft, argument) =>
    whole(argument, bounds.words, (count) => {
      draft.text = words(count)
    }),
  think(draft, argument) {
    draft.thinking = argument
    return argument !== ''
  },
  delay: (draft, argument) =>
    whole(argument, bounds.ms, (ms) => {
      draft.delayMs = ms
    }),
  pace: (draft, argument) =>
    whole(argument, bounds.ms, (ms) => {
      draft.paceMs = ms
    }),
  chunks: (draft, argument) =>
    whole(argument, bounds.chunks, (chunks) => {
      draft.chunks = chunks
    }),
  fail(draft, argument) {
    const [code = '', after, ...more] = argument.split(/\s+/)
    if (!isCode(code) || more.length > 0) return false
    const set =
      after === undefined || whole(after, bounds.ms, (ms) => Object.assign(draft, { retryAfterMs: ms }))
    if (set) draft.error = code
    return set
  },
  stall(draft, argument) {
    draft.breaks = 'stall'
    return argument === ''
  },
  cut(draft, argument) {
    draft.breaks = 'cut'
    return argument === ''
  },
}

/** Reads the verbs at the start of a message, one in each line; the first line that is none ends them. */
export const parseScript = (message: string): MockScript => {
  const answers: Draft[] = [{}]
  const lines = message.split('\n')
  let at = 0
  for (; at < lines.length; at += 1) {
    const [, name, argument = ''] = /^\/([a-z]+)(?:\s+(.*))?$/s.exec(lines[at]?.trimEnd() ?? '') ?? []
    if (name === 'then' && argument === '') {
      answers.push({})
      continue
    }
    // The verb works on a copy, so that one that is refused leaves nothing behind.
    const draft: Draft = { ...answers.at(-1) }
    const verb = name !== undefined && Object.hasOwn(verbs, name) ? verbs[name] : undefined
    if (!verb?.(draft, argument)) break
    answers[answers.length - 1] = draft
  }
  return { answers, rest: lines.slice(at).join('\n') }
}

const whole = (argument: string, most: number, set: (value: number) => void): boolean => {
  if (!/^\d+$/.test(argument)) return false
  set(Math.min(Number(argument), most))
  return true
}

const vocabulary = 'the quick brown fox jumps over a lazy dog while seven wizards box in quiet'.split(' ')

const words = (count: number): string =>
  Array.from({ length: count }, (_, at) => vocabulary[at % vocabulary.length]).join(' ')
