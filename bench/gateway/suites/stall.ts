import { connect, type Socket } from 'node:net'
import { median } from '../../measure.ts'
import type { Contender } from '../contenders/contender.ts'
import { comeToRest, rssBytes } from '../proc.ts'
import { atMost, short } from '../report.ts'
import { scenario } from '../scenarios.ts'
import type { World } from '../world.ts'
import { type LanePlan, laneName, type Suite } from './suite.ts'

/** The first ones pay for code, for buffers that all share, and for the garbage collector's room. */
const warming = 20
const clients = 80
/** A gateway that is still reading after the patience holds nobody back. */
const rest = { windowMs: 500, share: 0.02, patienceMs: 20_000 }
const mebibyte = 1024 * 1024

const plans: readonly LanePlan[] = [
  ...['nginx', 'bare', 'ours', 'Portkey'].map((contender) => ({ contender })),
  { contender: 'ours', upstream: 'messages' },
  { contender: 'ours', client: 'messages' },
]

interface Stalled {
  name: string
  /** Mebibytes for each client: what the server grew by, and what the upstream could send. */
  grown: number
  sent: number
  /** Has it come to rest? */
  isQuiet: boolean
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
    const open = (count: number) => Array.from({ length: count }, () => openStalled(server.port, request))
    const first = open(warming)
    await comeToRest(server.pid, rest)
    const before = rssBytes(server.pid)
    const sockets = open(clients)
    const isQuiet = await comeToRest(server.pid, rest)
    const grown = (rssBytes(server.pid) - before) / clients / mebibyte
    const closed = world.heard('closed', asking.model, clients, 3_000)
    for (const socket of [...first, ...sockets]) socket.destroy()
    const sent = median((await closed).map(({ sentBytes }) => sentBytes)) / mebibyte
    return { name: laneName(plan), grown, sent, isQuiet }
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
    note: `Mebibytes for each of ${clients} such clients, once ${warming} others had come to rest. What was sent is mostly in the kernel's buffers of two connections.`,
    head: ['contender', 'memory grown, MiB', 'upstream sent, MiB', 'comes to rest'],
    rows: stalled.map(({ name, grown, sent, isQuiet }) => [
      name,
      grown.toFixed(2),
      short(sent),
      isQuiet ? 'yes' : `not within ${rest.patienceMs / 1000} s`,
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
