import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../measure.ts'
import type { Contender } from '../contenders/contender.ts'
import { rssBytes } from '../proc.ts'
import { atMost, short } from '../report.ts'
import type { Suite } from './suite.ts'

/** How long a server rests before its memory is read. */
const restMs = 1_000

const megabytes = (bytes: number): number => bytes / 1e6

/** From the start of the process to an answer that came through it from the mock, and what it holds when idle. */
export const start: Suite = async ({ world, contenders, options }) => {
  const seen = new Map<string, { startMs: number[]; idle: number[] }>()
  const launched = contenders.filter(({ launch }) => launch !== undefined)
  const visit = async (contender: Contender): Promise<void> => {
    const server = await world.start(contender)
    await sleep(restMs)
    const entry = seen.get(contender.name) ?? { startMs: [], idle: [] }
    entry.startMs.push(server.startMs)
    entry.idle.push(megabytes(rssBytes(server.pid)))
    seen.set(contender.name, entry)
    await server.stop()
  }
  for (let rep = 0; rep < options.reps; rep += 1) {
    for (const contender of rep % 2 === 0 ? launched : launched.toReversed()) {
      // LiteLLM takes many seconds each time: once says enough.
      if (contender.name === 'LiteLLM' && rep > 0) continue
      await visit(contender)
    }
  }
  const names = ['ours', 'ours, memory store'].filter((name) => seen.has(name))
  const of = (name: string) => seen.get(name) ?? { startMs: [], idle: [] }
  return {
    title: 'Start and idle memory',
    note: `Milliseconds from the start of the process to its first answer through the mock; resident memory ${restMs / 1000} s later.`,
    head: ['contender', 'first answer, ms', 'idle RSS, MB', 'starts'],
    rows: [...seen].map(([name, { startMs, idle }]) => [
      name,
      short(median(startMs)),
      short(median(idle)),
      `${startMs.length}`,
    ]),
    verdicts: names.flatMap((name) => [
      ...atMost(
        `idle RSS: ${name}`,
        median(of(name).idle),
        { must: 110, stretch: 70 },
        (mb) => `${short(mb)} MB`,
      ),
      ...atMost(
        `start to first answer: ${name}`,
        median(of(name).startMs),
        { must: 350, stretch: 150 },
        (ms) => `${short(ms)} ms`,
      ),
    ]),
  }
}
