/** Makes the load, in a process of its own, as its parent orders it. */
import { quantile } from '../../measure.ts'
import { countEvents, type Expected, faultOf } from './answer.ts'
import { type Client, createClient, type Exchange } from './client.ts'
import type { LoadResult, Order } from './orders.ts'

/** The text of every n-th stream is read in full; the events of each are counted. */
const checkEvery = 16
/** How long after its end a load waits for the last answers. */
const graceMs = 8_000

/** Gathers what a load saw. */
const createTally = (expected: Expected) => {
  const first: number[] = []
  const faults: Record<string, number> = {}
  let events: number | undefined
  let bytes = 0
  let seen = 0

  const judge = ({ status, body, error }: Exchange): string | undefined => {
    if (error !== undefined) return error
    if (status !== 200) return `status ${status}: ${body.subarray(0, 120)}`
    if (!expected.stream || seen % checkEvery === 0) return faultOf(body, expected)
    return undefined
  }
  return {
    add: (exchange: Exchange): void => {
      let fault = judge(exchange)
      seen += 1
      const counted = countEvents(exchange.body)
      // A stream that was read in full says how many events the others must have.
      if (fault === undefined && expected.stream) {
        events ??= counted
        if (counted !== events) fault = `${counted} events where others had ${events}`
      }
      if (fault !== undefined) {
        faults[fault] = (faults[fault] ?? 0) + 1
        return
      }
      bytes = exchange.body.length
      first.push(exchange.firstMs)
    },
    fail: (fault: string, times: number): void => {
      if (times > 0) faults[fault] = (faults[fault] ?? 0) + times
    },
    result: (elapsedMs: number): LoadResult => ({
      completed: first.length,
      faults,
      bytes,
      firstMs: { p50: quantile(first, 0.5), p99: quantile(first, 0.99) },
      elapsedMs,
      open: 0,
    }),
  }
}

type Of<Kind extends Order['kind']> = Extract<Order, { kind: Kind }>

const runClosed = ({ port, request, expected, connections, ms }: Of<'closed'>): Promise<LoadResult> => {
  const tally = createTally(expected)
  const bytes = Buffer.from(request)
  const start = performance.now()
  const clients = Array.from({ length: connections }, () => createClient(port))
  let busy = connections
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(deadline)
      tally.fail('no answer in time', busy)
      for (const client of clients) client.destroy()
      resolve(tally.result(performance.now() - start))
    }
    const deadline = setTimeout(finish, ms + graceMs)
    const step = (client: Client): void =>
      client.send(bytes, (exchange) => {
        tally.add(exchange)
        const isOver = performance.now() - start >= ms
        // A server that fails at once must not be asked as fast as one that works.
        if (!isOver && exchange.status !== 200) setTimeout(step, 20, client)
        else if (!isOver) step(client)
        else {
          busy -= 1
          if (busy === 0) finish()
        }
      })
    for (const client of clients) step(client)
  })
}

const runOpen = ({ port, request, expected, rate, ms }: Of<'open'>): Promise<LoadResult> => {
  const tally = createTally(expected)
  const bytes = Buffer.from(request)
  const idle: Client[] = []
  const clients: Client[] = []
  const start = performance.now()
  const due = Math.floor((rate * ms) / 1000)
  let sent = 0
  let answered = 0
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(deadline)
      clearInterval(ticker)
      tally.fail('no answer in time', sent - answered)
      for (const client of clients) client.destroy()
      resolve(tally.result(performance.now() - start))
    }
    const deadline = setTimeout(finish, ms + graceMs)
    const ticker = setInterval(() => {
      const elapsed = performance.now() - start
      while (sent < due && sent < (elapsed * rate) / 1000) {
        sent += 1
        const client = idle.pop() ?? createClient(port)
        if (!clients.includes(client)) clients.push(client)
        client.send(bytes, (exchange) => {
          answered += 1
          tally.add(exchange)
          idle.push(client)
          if (answered === due) finish()
        })
      }
    }, 1)
  })
}

let held: Client[] = []
let alive = 0

const runHold = ({ port, request, count, rate }: Of<'hold'>): Promise<LoadResult> => {
  const bytes = Buffer.from(request)
  const expected: Expected = { dialect: 'chat', stream: true, text: '' }
  const tally = createTally(expected)
  const start = performance.now()
  const before = held.length
  const lateMs = (2000 * (count - before)) / rate + graceMs
  return new Promise((resolve) => {
    const ticker = setInterval(() => {
      const elapsed = performance.now() - start
      while (held.length < count && held.length - before < (elapsed * rate) / 1000) {
        const client = createClient(port)
        held.push(client)
        let isAlive = false
        const ended = (exchange: Exchange): void => {
          tally.fail(exchange.error ?? `ended with status ${exchange.status}`, 1)
          if (isAlive) alive -= 1
        }
        client.send(bytes, ended, () => {
          if (!isAlive) alive += 1
          isAlive = true
        })
      }
      if (alive < count && elapsed < lateMs) return
      clearInterval(ticker)
      resolve({ ...tally.result(elapsed), open: alive })
    }, 5)
  })
}

const release = (): LoadResult => {
  for (const client of held) client.destroy()
  held = []
  alive = 0
  return createTally({ dialect: 'chat', stream: false, text: '' }).result(0)
}

const carryOut = async (order: Order): Promise<LoadResult> => {
  if (order.kind === 'closed') return runClosed(order)
  if (order.kind === 'open') return runOpen(order)
  return order.kind === 'hold' ? runHold(order) : release()
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit())
