import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../measure.ts'
import type { Contender } from '../contenders/contender.ts'
import { cpuMicros, rssBytes } from '../proc.ts'
import { atMost, short } from '../report.ts'
import { scenario } from '../scenarios.ts'
import type { World } from '../world.ts'
import { type LanePlan, laneName, type Suite } from './suite.ts'

const clients = 40
/** Long enough for a gateway without back-pressure to be found out, short enough not to fill the machine. */
const stalledMs = 3_000
const mebibyte = 1024 * 1024

const plans: readonly LanePlan[] = [
  ...['nginx', 'bare', 'ours', 'Portkey', 'Portkey, repaired', 'LiteLLM'].map((contender) => ({ contender })),
  { contender: 'ours', upstream: 'messages' },
  { contender: 'ours', client: 'messages' },
]

interface Stalled {
  name: string
  /** Mebibytes for each client: what the server grew by, and what the upstream could send. */
  grown: number
  sent: number
  /** How much of one core it took while nothing could move. */
  busy: number
}

/** A client that asks for an endless stream and never reads. */
const openStalled = (port: number, request: string): Socket => {
  const socket = connect(port, '127.0.0.1')
  socket.pause()
  socket.on('error', () => {})
  socket.write(request)
  return socket
}

const measure = async (world: World, contender: Contender, plan: LanePlan): Promise<Stalled> => {
  const { client = 'chat', upstream = 'chat' } = plan
  const server = await world.start(contender)
  try {
    const asking = scenario(client, upstream, 'flood')
    const request = server.request(asking)
    // The first stream pays for code and buffers that all share.
    openStalled(server.port, request)
    await sleep(1_000)
    const before = rssBytes(server.pid)
    const sockets = Array.from({ length: clients }, () => openStalled(server.port, request))
    await sleep(stalledMs)
    const cpu = cpuMicros(server.pid)
    await sleep(500)
    const busy = (cpuMicros(server.pid) - cpu) / 500_000
    const grown = (rssBytes(server.pid) - before) / clients / mebibyte
    const closed = world.heard('closed', asking.model, clients, 3_000)
    for (const socket of sockets) socket.destroy()
    const sent = median((await closed).map(({ sentBytes }) => sentBytes)) / mebibyte
    return { name: laneName(plan), grown, sent, busy }
  } finally {
    await server.stop()
  }
}

/** Clients that stop reading an endless stream. Each contender is started for it alone. */
export const stall: Suite = async ({ world, contenders }) => {
  const stalled: Stalled[] = []
  for (const plan of plans) {
    const contender = contenders.find(({ name }) => name === plan.contender)
    if (contender !== undefined) stalled.push(await measure(world, contender, plan))
  }
  return {
    title: 'A client stops reading an endless stream',
    note: `Mebibytes for each of ${clients} such clients after ${stalledMs / 1000} s. What was sent is mostly in the kernel's buffers of two connections.`,
    head: ['contender', 'memory grown, MiB', 'upstream sent, MiB', 'busy'],
    rows: stalled.map(({ name, grown, sent, busy }) => [
      name,
      grown.toFixed(2),
      short(sent),
      `${short(busy * 100)} %`,
    ]),
    verdicts: stalled
      .filter(({ name }) => name.startsWith('ours'))
      .flatMap(({ name, grown }) =>
        atMost(
          `memory for a client that stops reading: ${name}`,
          grown,
          { must: 1 },
          (mib) => `${short(mib)} MiB`,
        ),
      ),
  }
}
