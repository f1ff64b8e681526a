import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, quantile } from '../../measure.ts'
import { short, type Verdict } from '../report.ts'
import { type Scenario, scenario } from '../scenarios.ts'
import type { Server, World } from '../world.ts'
import { type LanePlan, laneName, type Suite } from './suite.ts'

const moments = {
  'before the first byte': 'hang',
  'within the stream': 'slow',
  'not streamed': 'hang-whole',
} as const
type Moment = keyof typeof moments

const plans: readonly LanePlan[] = [
  ...['nginx', 'bare', 'ours', 'Portkey', 'LiteLLM'].map((contender) => ({ contender })),
  { contender: 'ours', upstream: 'messages' },
  { contender: 'ours', client: 'messages' },
]

const patienceMs = 1_500

const firstBytes = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('data', () => resolve()))

/** Milliseconds from the client's leaving to the end of the upstream's connection; undefined where it stays. */
const leave = async (
  world: World,
  server: Server,
  asking: Scenario,
  moment: Moment,
): Promise<number | undefined> => {
  const asked = world.heard('asked', asking.model, 1, patienceMs)
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  const answered = firstBytes(socket)
  socket.write(server.request(asking))
  if ((await asked).length === 0) throw new Error('The request did not reach the mock.')
  if (moment === 'within the stream') await answered
  // The upstream's side has settled, as it has when a person presses stop.
  await sleep(5)
  const closed = world.heard('closed', asking.model, 1, patienceMs)
  const left = Number(process.hrtime.bigint())
  socket.destroy()
  const [note] = await closed
  return note === undefined ? undefined : (note.at - left) / 1e6
}

const visit = async (world: World, server: Server, plan: LanePlan, moment: Moment, times: number) => {
  const { client = 'chat', upstream = 'chat' } = plan
  const asking = scenario(client, upstream, moments[moment])
  const delays: number[] = []
  for (let n = 0; n < times; n += 1) {
    const delay = await leave(world, server, asking, moment)
    // One that goes on is enough to know; its stream would be heard of at any time from now on.
    if (delay === undefined) return { delays, isMissed: true }
    delays.push(delay)
  }
  return { delays, isMissed: false }
}

/** A client that leaves, at three moments: when does the upstream know? */
export const abort: Suite = async ({ world, options, servers }) => {
  const running = await servers()
  const times = 6 * options.reps
  const rows: string[][] = []
  const verdicts: Verdict[] = []
  for (const plan of plans) {
    const server = running.get(plan.contender)
    if (server === undefined) continue
    const row = [laneName(plan)]
    for (const moment of Object.keys(moments) as Moment[]) {
      const { delays, isMissed } = await visit(world, server, plan, moment, times)
      const worst = isMissed ? Number.POSITIVE_INFINITY : quantile(delays, 0.99)
      row.push(
        isMissed ? `**not within ${patienceMs / 1000} s**` : `${median(delays).toFixed(2)} (${short(worst)})`,
      )
      const figure = `client leaves ${moment} → upstream aborted, p99: ${laneName(plan)}`
      const limit = { figure, must: '≤ 100 ms', holds: worst <= 100 }
      if (plan.contender === 'ours')
        verdicts.push({ ...limit, measured: isMissed ? 'never' : `${short(worst)} ms` })
    }
    rows.push(row)
  }
  return {
    title: 'A client leaves: how soon the upstream is aborted',
    note: `Milliseconds from the end of the client's connection to that of the upstream's: median and p99 of ${times}.`,
    head: ['contender', ...Object.keys(moments)],
    rows,
    verdicts,
  }
}
