import { expect, test } from 'vitest'
import { afterContraction, createRuns, type Runs, SYMBOL } from './runs.ts'
import { appendText, createTextBuffer } from './text-buffer.ts'

const scans: readonly [string, string, (runs: Runs) => number][] = [
  ['symbols', '!', (runs) => runs.classRun(0, SYMBOL)],
  ['a word in lower case', 'a', (runs) => runs.casedWord(0)],
  ['a word in upper case', 'A', (runs) => runs.casedWord(0)],
  ['a word of letters without case', '一', (runs) => runs.casedWord(0)],
  ['a word that may end at every second letter', 'A一', (runs) => runs.casedWord(0)],
  ['white space', ' ', (runs) => runs.lineSpace(0)],
  ['white space with line breaks', ' \n', (runs) => runs.lineSpace(0)],
  ['white space as the older pattern has it', '\t', (runs) => runs.plainSpace(0)],
]

/** Classes that are read when a run grows by one unit at a time and is scanned after each. */
const readsWhileGrowing = (unit: string, scan: (runs: Runs) => number, units: number): number => {
  const buffer = createTextBuffer(units * 8)
  let reads = 0
  const counted = new Proxy(buffer.classes, {
    get: (classes, key) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1
      const value: unknown = Reflect.get(classes, key)
      return typeof value === 'function' ? value.bind(classes) : value
    },
    set: (classes, key, value) => Reflect.set(classes, key, value),
  })
  buffer.classes = counted
  const runs = createRuns(buffer)
  for (let i = 0; i < units; i += 1) {
    appendText(buffer, unit)
    expect(scan(runs)).toBe(buffer.length)
  }
  return reads
}

test.each(scans)('%s that grow and grow are read once', (_, unit, scan) => {
  const half = readsWhileGrowing(unit, scan, 500)
  const whole = readsWhileGrowing(unit, scan, 1_000)
  expect(whole / half).toBeLessThan(2.1)
})

test('where a run is cut may depend on what comes much later', () => {
  const buffer = createTextBuffer(16)
  const runs = createRuns(buffer)
  appendText(buffer, 'A一BBBBBBBB')
  // Nothing in lower case follows: the letter without case is the lower case part.
  expect(runs.casedWord(0)).toBe(4)
  expect(runs.reach()).toBe(buffer.length)
  appendText(buffer, 'b ')
  expect(runs.casedWord(0)).toBe(13)
  runs.forget()
  expect(runs.casedWord(0)).toBe(13)
})

test.each([
  ["'s", 2],
  ["'T", 2],
  ["'re", 3],
  ["'Ve", 3],
  ["'LL", 3],
  ["'ſ", 3],
  ["'l", 0],
  ["'x", 0],
  ["'", 0],
  ['s', 0],
])('the contraction at the start of %s has %i bytes', (text, length) => {
  const buffer = createTextBuffer(8)
  appendText(buffer, text)
  expect(afterContraction(buffer, 0)).toBe(length)
})
