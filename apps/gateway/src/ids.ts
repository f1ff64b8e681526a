import { randomFillSync } from 'node:crypto'

/** Random bytes of one id, and hexadecimal digits of its time: enough until the year 10889. */
const randomBytes = 10
const timeDigits = 12

/** Ids whose random part is drawn at once: one id costs a draw of its own more than everything else about it. */
const idsPerDraw = 400

/**
 * Makes ids for names that are no secrets: a prefix, the time in milliseconds and 80 random bits, all of it hexadecimal.
 * They sort by time, so that whatever is kept by id grows at one end: a table's index, and a log that is searched. Ids of
 * one millisecond have no order. Two ids, of one process or of several, are the same only if they have a millisecond and
 * 80 random bits in common: a second process or a clock that is set back needs no care, and an id tells of no count.
 */
export const createIds = (prefix: string, now: () => number = Date.now): (() => string) => {
  const bytes = Buffer.alloc(randomBytes * idsPerDraw)
  let digits = ''
  let used = 0
  let time = Number.NaN
  let start = ''
  return () => {
    const at = now()
    if (at !== time) {
      time = at
      start = `${prefix}_${at.toString(16).padStart(timeDigits, '0')}`
    }
    if (used === digits.length) {
      digits = randomFillSync(bytes).toString('hex')
      used = 0
    }
    used += randomBytes * 2
    return start + digits.slice(used - randomBytes * 2, used)
  }
}
