/**
 * 200 clients that ask and never read, over real sockets, beside five that do: what the first cost in memory, that each
 * of them is ended, and that the second notice nothing. `pnpm --filter gateway-bench sse-slow-readers`
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { decodeSse } from '@gateway/sse'
import { quantile, report } from '../measure.ts'
import type { Host, ServerState } from './slow-readers-server.ts'

const slowClients = 200
const goodClients = 5
const stallMs = 15_000
const mebibyte = 1024 * 1024

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A server in a process of its own, so that its memory is its own. */
const startServer = async (host: Host) => {
  const path = fileURLToPath(new URL('slow-readers-server.ts', import.meta.url))
  const child = fork(path, [host, `${stallMs}`], {
    execArgv: ['--expose-gc', '--conditions=@gateway/source'],
  })
  const ask = async (): Promise<ServerState> => {
    child.send('state')
    const [state] = await once(child, 'message')
    return state
  }
  const { port } = await ask()
  return { port, ask, stop: () => child.kill() }
}

/** A client that sends its request and then leaves everything in the kernel's buffers. */
const openSlow = (port: number): Socket => {
  const socket = connect(port, '127.0.0.1')
  socket.pause()
  socket.on('error', () => {})
  socket.write('GET /flood HTTP/1.1\r\nhost: localhost\r\n\r\n')
  return socket
}

/** Milliseconds between an event's sending and its arrival, for as long as `isOver` says. */
const readLatencies = async (port: number, isOver: () => boolean): Promise<number[]> => {
  const latencies: number[] = []
  const request = get({ host: '127.0.0.1', port, path: '/ticks', agent: false })
  const [message] = await once(request, 'response')
  for await (const { data } of decodeSse(message)) {
    latencies.push(performance.timeOrigin + performance.now() - Number(data))
    if (isOver()) break
  }
  request.destroy()
  return latencies
}

const measureGood = async (port: number, milliseconds: number): Promise<number[]> => {
  const end = performance.now() + milliseconds
  const readers = Array.from({ length: goodClients }, () =>
    readLatencies(port, () => performance.now() > end),
  )
  return (await Promise.all(readers)).flat()
}

const mebi = (bytes: number): string => `${(bytes / mebibyte).toFixed(1)} MiB`

type Server = Awaited<ReturnType<typeof startServer>>

/** Opens the clients that never read, and waits until all are at rest. */
const openAllSlow = async (server: Server) => {
  const before = await server.ask()
  const sockets: Socket[] = []
  let peak = before.rss
  // One after the other: until the buffers of the kernel are full, each costs what a client costs that reads.
  while (sockets.length < slowClients) {
    sockets.push(openSlow(server.port))
    await sleep(50)
    if (sockets.length % 10 === 0) peak = Math.max(peak, (await server.ask()).rss)
  }
  await sleep(2000)
  const parked = await server.ask()
  return { before, sockets, parked, peak: Math.max(peak, parked.rss) }
}

/** The same load and the same clients without this package: what the platform takes for itself. */
const measureFloor = async (host: Host) => {
  const server = await startServer(host)
  await measureGood(server.port, 5000)
  const { before, sockets, parked, peak } = await openAllSlow(server)
  for (const socket of sockets) socket.destroy()
  server.stop()
  return {
    what: `${host}, without this package: growth of RSS with the same clients`,
    measured: `${mebi(peak - before.rss)} (${mebi(parked.rss - before.rss)} when ${parked.flooding} of them wait)`,
  }
}

const measure = async (host: Host, growthLimit: number) => {
  const server = await startServer(host)
  const alone = await measureGood(server.port, 5000)
  const start = performance.now()
  const { before, sockets, parked, peak: opened } = await openAllSlow(server)
  let peak = opened
  const endedOrWaiting = parked.flooding + Object.values(parked.ends).reduce((sum, count) => sum + count, 0)
  const beside = await measureGood(server.port, 5000)
  // Each is ended within twice the period.
  let after = await server.ask()
  for (let n = 0; n < 120 && after.flooding > 0; n += 1) {
    await sleep(500)
    after = await server.ask()
    peak = Math.max(peak, after.rss)
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  for (const socket of sockets) socket.destroy()
  server.stop()
  const late = (values: readonly number[]): string =>
    `${quantile(values, 0.5).toFixed(1)} ms, ${quantile(values, 0.95).toFixed(1)} ms`
  return [
    {
      what: `${host}: growth of RSS with ${slowClients} clients that never read, each sent 3 MB/s until its buffers are full`,
      limit: `< ${mebi(growthLimit)}`,
      measured: `${mebi(peak - before.rss)} (from ${mebi(before.rss)}; ${mebi(parked.rss - before.rss)} when ${parked.flooding} of them wait)`,
      // The others must have been ended: a client that never came would cost nothing.
      holds: peak - before.rss < growthLimit && endedOrWaiting === slowClients,
    },
    {
      what: `${host}: of these clients' streams still open after ${seconds} s, with a stallMs of ${stallMs / 1000} s`,
      limit: '0',
      measured: `${after.flooding}; ended with ${JSON.stringify(after.ends)}`,
      holds: after.flooding === 0,
    },
    {
      what: `${host}: an event's way to ${goodClients} clients that read: median, 95th percentile`,
      limit: 'not more than 20 ms longer than without the others',
      measured: `${late(beside)} beside them; ${late(alone)} without; ${beside.length} events`,
      holds: quantile(beside, 0.95) < quantile(alone, 0.95) + 20 && beside.length > 500,
    },
  ]
}

const allowed = 64 * mebibyte
report([
  ...(await measure('node, awaited sends', allowed)),
  await measureFloor('response.write by hand'),
  ...(await measure('sseResponse', allowed)),
  await measureFloor('ReadableStream by hand'),
  // Here the cap of a mebibyte for each client is all that holds the sender.
  ...(await measure('node, sends that nobody awaits', slowClients * mebibyte + allowed)),
])
