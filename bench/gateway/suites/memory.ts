import { setTimeout as sleep } from 'node:timers/promises'
import type { Contender } from '../contenders/contender.ts'
import { cpuWhile, openFileLimit, rssBytes } from '../proc.ts'
import { atMost, short } from '../report.ts'
import { scenario } from '../scenarios.ts'
import type { World } from '../world.ts'
import { type LanePlan, laneName, type Suite } from './suite.ts'

/** How many streams are open at the two points between which memory is measured, and how many are opened a second. */
const few = 1000
const many = 5000
const usualRate = 500
/** Portkey does not stand more: at higher rates streams fail, and what fails holds no memory. */
const gentleRate = 200

const plans: readonly LanePlan[] = [
  ...['nginx', 'bare', 'ours', 'Portkey'].map((contender) => ({ contender })),
  { contender: 'ours', upstream: 'messages' },
]

interface Held {
  name: string
  open: number
  /** Kilobytes for each stream between the two points; megabytes at the second. */
  perStream: number
  rss: number
  /** Microseconds of CPU for each event while all are open. */
  micros: number
}

const settleMs = 2_500
const watchMs = 2_000

const measure = async (world: World, contender: Contender, plan: LanePlan): Promise<Held> => {
  const rate = contender.name === 'Portkey' ? gentleRate : usualRate
  const server = await world.start(contender)
  try {
    const { client = 'chat', upstream = 'chat' } = plan
    const request = server.request(scenario(client, upstream, 'slow'))
    const hold = (count: number) => world.load({ kind: 'hold', port: server.port, request, count, rate })
    const { open: openBefore } = await hold(few)
    await sleep(settleMs)
    const before = rssBytes(server.pid)
    const { open } = await hold(many)
    await sleep(settleMs)
    const [cpu] = await cpuWhile(server.pid, () => sleep(watchMs))
    const micros = cpu / ((open * watchMs) / 1000)
    const rss = rssBytes(server.pid)
    const perStream = (rss - before) / (open - openBefore) / 1024
    return { name: laneName(plan), open, perStream, rss: rss / 1e6, micros }
  } finally {
    await world.load({ kind: 'release' })
    await server.stop()
  }
}

/** What an open stream holds, while it has one event a second. Each contender is started for it alone. */
export const memory: Suite = async ({ world, contenders }) => {
  const needed = 2 * many + 500
  if (openFileLimit() < needed) {
    const note = `Not measured: ${many} streams need a limit of ${needed} open files (ulimit -n).`
    return { title: 'Memory', note, head: [], rows: [], verdicts: [] }
  }
  const held: Held[] = []
  for (const plan of plans) {
    const contender = contenders.find(({ name }) => name === plan.contender)
    if (contender !== undefined) held.push(await measure(world, contender, plan))
  }
  const own = held.filter(({ name, open }) => name.startsWith('ours') && open === many)
  return {
    title: `Memory of open streams, one event a second in each`,
    note: `Growth of resident memory from ${few} to ${many} open streams, by the stream; LiteLLM does not get as far.`,
    head: ['contender', 'KB per stream', 'RSS, MB', 'open', 'CPU per event, us'],
    rows: held.map(({ name, perStream, rss, open, micros }) => [
      name,
      short(perStream),
      short(rss),
      open === many ? `${open}` : `${open} of ${many}`,
      short(micros),
    ]),
    verdicts: own.flatMap(({ name, perStream }) =>
      atMost(
        `memory per open stream: ${name}`,
        perStream,
        { must: 45, stretch: 16 },
        (kb) => `${short(kb)} KB`,
      ),
    ),
  }
}
