import type { FakeStep } from './types.ts'

type WaitStep = Extract<FakeStep, { type: 'wait' }>

/** Splits off the waits before everything else: they hold back the status line. */
export const splitWaits = (steps: readonly FakeStep[]): { waits: WaitStep[]; rest: readonly FakeStep[] } => {
  const first = steps.findIndex(({ type }) => type !== 'wait')
  const count = first < 0 ? steps.length : first
  const waits = steps.slice(0, count).filter((step) => step.type === 'wait')
  return { waits, rest: steps.slice(count) }
}

/** The raw arguments of a call. */
export const inputText = ({ input }: Extract<FakeStep, { type: 'tool-call' }>): string =>
  typeof input === 'string' ? input : JSON.stringify(input)

/** Text in two halves, so that whoever puts it together has something to do; one piece if there is nothing to halve. */
export const halves = (text: string): string[] => {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== '')
}

/** Four characters are a token: the fake's own exact rule. */
export const tokens = (value: unknown): number =>
  Math.ceil((typeof value === 'string' ? value : JSON.stringify(value ?? '')).length / 4)

/** What the fake's connection dies of, in the words of the platform's `fetch`. */
export const resetError = (): TypeError => new TypeError('terminated')

/** An id as the APIs make them: a prefix and 24 characters, from a counter. */
export const toId = (prefix: string, count: number): string =>
  `${prefix}${count.toString(36).padStart(24, '0')}`
