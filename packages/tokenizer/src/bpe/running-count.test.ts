import fc from 'fast-check'
import { expect, test } from 'vitest'
import { o200kBase } from '../encodings/o200k-base.ts'
import { corpus, hostileUnits } from '../testing/corpus.ts'
import { comparedEncodings } from '../testing/reference.ts'
import { createPieceMerge, type PieceMerge } from './piece-merge.ts'
import { createRankTable, type RankTable } from './rank-table.ts'
import { createRunningCount } from './running-count.ts'

test('a running count says at every moment what counting the text so far would say', {
  timeout: 60_000,
}, () => {
  for (const { ours, name } of comparedEncodings) {
    for (const [kind, text] of Object.entries(corpus)) {
      const running = ours.startCount()
      expect(running.count()).toBe(0)
      for (let at = 0; at < text.length; at += 1) {
        running.push(text.charAt(at))
        expect(running.count(), `${name}, ${kind}, ${at + 1} characters`).toBe(
          ours.count(text.slice(0, at + 1)),
        )
      }
    }
  }
})

test('any way of cutting a text gives the same count', { timeout: 60_000 }, () => {
  const text = fc
    .array(fc.tuple(fc.constantFrom(...hostileUnits, 'word ', "it's "), fc.constantFrom(1, 2, 5, 90)), {
      maxLength: 12,
    })
    .map((runs) => runs.map(([unit, times]) => unit.repeat(times)).join(''))
  for (const { ours } of comparedEncodings) {
    fc.assert(
      fc.property(
        text,
        fc.array(fc.nat({ max: 40 }), { maxLength: 60 }),
        fc.array(fc.boolean()),
        (whole, cuts, looks) => {
          const running = ours.startCount()
          let at = 0
          for (const [index, size] of cuts.entries()) {
            running.push(whole.slice(at, at + size))
            at = Math.min(whole.length, at + size)
            if (looks[index] === true) expect(running.count()).toBe(ours.count(whole.slice(0, at)))
          }
          running.push(whole.slice(at))
          expect(running.count()).toBe(ours.count(whole))
          expect(running.count()).toBe(ours.count(whole))
        },
      ),
      { numRuns: 100 },
    )
  }
})

/** Counts the bytes that are handed to the merge, each time that they are. */
const countingMerge = (table: RankTable): { merge: PieceMerge; work: () => number } => {
  let work = 0
  const merge = createPieceMerge({
    ...table,
    find: (bytes, start, end) => {
      work += 1
      return table.find(bytes, start, end)
    },
    findHashed: (hash, bytes, start, end) => {
      work += 1
      return table.findHashed(hash, bytes, start, end)
    },
  })
  return { merge, work: () => work }
}

test('the work is linear in the whole stream, also when somebody looks after each character of an endless run', {
  timeout: 60_000,
}, () => {
  const table = createRankTable(o200kBase.ranks)
  for (const unit of ['a', 'A', ' ', '\n', ' \n', '!', '一', 'A一', 'word ', 'x\u0301', "'s"]) {
    const workFor = (characters: number): number => {
      const { merge, work } = countingMerge(table)
      const running = createRunningCount('o200k', merge)
      for (let i = 0; i < characters; i += unit.length) {
        running.push(unit)
        running.count()
      }
      return work()
    }
    expect(workFor(8_000) / workFor(4_000), JSON.stringify(unit)).toBeLessThan(2.2)
  }
})

test('what can no longer change is settled, and never more than that', { timeout: 60_000 }, () => {
  const table = createRankTable(o200kBase.ranks)
  const running = createRunningCount('o200k', createPieceMerge(table))
  running.push('One two three four')
  const settled = running.settled()
  expect(settled).toBeGreaterThanOrEqual(2)
  running.push("'s and more")
  expect(running.settled()).toBeGreaterThanOrEqual(settled)
  expect(running.count()).toBeGreaterThanOrEqual(running.settled())
})

test('a long stream, of which what is settled is dropped, counts like the whole text', {
  timeout: 60_000,
}, () => {
  const units = [
    'word ',
    "it's",
    '   \n',
    ' \n\n  ',
    'Camel',
    '一二三',
    '!?',
    '12345',
    'x'.repeat(90),
    ' '.repeat(90),
    '😀',
  ]
  let state = 7
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 8) % below
  }
  for (const { ours } of comparedEncodings) {
    const running = ours.startCount()
    let text = ''
    for (let pushes = 0; pushes < 24; pushes += 1) {
      let chunk = ''
      for (let i = next(700); i >= 0; i -= 1) chunk += units[next(units.length)]
      text += chunk
      running.push(chunk)
      expect(running.count()).toBe(ours.count(text))
    }
    expect(text.length).toBeGreaterThan(80_000)
  }
})

test('what stands where something dropped stood is counted for itself', { timeout: 60_000 }, () => {
  for (const { ours } of comparedEncodings) {
    for (const run of ['a', 'A', '!', ' ']) {
      for (const end of ['qx'.repeat(50), '! a  ! '.repeat(20)]) {
        // The run starts at 19,999, with its space, and at 0 once the words are dropped. What comes at 19,999 then is
        // another piece, with the same space before it.
        const first = `${'word '.repeat(4_000)}${run.repeat(100)}`
        const second = `${' word'.repeat(3_979)}!!! ${end}`
        const running = ours.startCount()
        running.push(first)
        running.push(second)
        expect(running.count()).toBe(ours.count(first + second))
      }
    }
  }
})
