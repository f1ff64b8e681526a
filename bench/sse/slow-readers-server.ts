/** The server of slow-readers.ts: `/flood` sends 16 KB every 5 ms, `/ticks` every 10 ms the time at which it should. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSseError, type SseFrame, sseResponse } from '@gateway/sse'
import { createNodeSseStream } from '@gateway/sse/node'

/** How the server sends. The last two do by hand what the first two do, without any code of this package. */
export type Host =
  | 'node, awaited sends'
  | 'sseResponse'
  | 'node, sends that nobody awaits'
  | 'response.write by hand'
  | 'ReadableStream by hand'

/** What the server tells of itself. */
export interface ServerState {
  port: number
  rss: number
  /** Open streams of `/flood`. */
  flooding: number
  /** How many of them ended, by the code of the error. */
  ends: Record<string, number>
}

const host = process.argv[2]
const stallMs = Number(process.argv[3])
const event: SseFrame = { event: 'delta', data: 'x'.repeat(16_000) }
const pauseMs = 5
const tickMs = 10
const ends: Record<string, number> = {}
let flooding = 0

const noteEnd = (error: unknown): void => {
  flooding -= 1
  const code = isSseError(error) ? error.code : String(error)
  ends[code] = (ends[code] ?? 0) + 1
}

const floodAwaited = async (response: ServerResponse): Promise<void> => {
  const stream = createNodeSseStream(response, { stallMs })
  try {
    for (;;) {
      await stream.send(event)
      await sleep(pauseMs)
    }
  } catch (error) {
    noteEnd(error)
  }
}

/** As code that broadcasts often does: it sends, and looks at nothing but the end. */
const floodUnawaited = async (response: ServerResponse): Promise<void> => {
  const stream = createNodeSseStream(response, { stallMs })
  const timer = setInterval(() => stream.send(event).catch(() => {}), pauseMs)
  await stream.closed
  clearInterval(timer)
  noteEnd(stream.signal.reason)
}

/** What a server framework does with the body of a response: write, and wait where Node says so. */
const bridge = async (body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> => {
  const reader = body.getReader()
  let wake = (): void => {}
  response.on('drain', () => wake())
  response.on('close', () => {
    wake()
    reader.cancel().catch(() => {})
  })
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      if (response.destroyed) return
      if (!response.write(step.value)) await new Promise<void>((resolve) => (wake = resolve))
    }
    response.end()
  } catch {
    response.destroy()
  }
}

const floodResponse = async (response: ServerResponse): Promise<void> => {
  const answer = sseResponse(
    async function* (signal) {
      signal.addEventListener('abort', () => {
        noteEnd(signal.reason)
        // A bridge that waits for room hears of nothing before the client has taken something.
        response.destroy()
      })
      for (;;) {
        yield event
        await sleep(pauseMs)
      }
    },
    { stallMs },
  )
  response.setHeaders(answer.headers)
  if (answer.body !== null) await bridge(answer.body, response)
}

const encoder = new TextEncoder()
const toBytes = (): Uint8Array<ArrayBuffer> => encoder.encode(`event: delta\ndata: ${event.data}\n\n`)

const floodWritten = async (response: ServerResponse): Promise<void> => {
  for (;;) {
    if (!response.write(toBytes())) await once(response, 'drain')
    await sleep(pauseMs)
  }
}

const floodStreamed = async (response: ServerResponse): Promise<void> => {
  const generate = async function* () {
    for (;;) {
      yield toBytes()
      await sleep(pauseMs)
    }
  }
  const chunks = generate()
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    const step = await chunks.next()
    if (step.done !== true) controller.enqueue(step.value)
  }
  const { body } = new Response(new ReadableStream({ pull }, { highWaterMark: 0 }))
  if (body !== null) await bridge(body, response)
}

const floods: Record<Host, (response: ServerResponse) => Promise<void>> = {
  'node, awaited sends': floodAwaited,
  sseResponse: floodResponse,
  'node, sends that nobody awaits': floodUnawaited,
  'response.write by hand': floodWritten,
  'ReadableStream by hand': floodStreamed,
}
const isHost = (value: string | undefined): value is Host =>
  value !== undefined && Object.hasOwn(floods, value)
if (!isHost(host)) throw new Error(`No way to send is called ${host}.`)
const flood = floods[host]

const tick = async (response: ServerResponse): Promise<void> => {
  const stream = createNodeSseStream(response)
  let last = performance.now()
  const timer = setInterval(() => {
    // When it was due: what the server was late counts too.
    stream.send({ data: `${performance.timeOrigin + last + tickMs}` }).catch(() => {})
    last = performance.now()
  }, tickMs)
  await stream.closed
  clearInterval(timer)
}

const server = createServer(async (request, response) => {
  if (request.url !== '/flood') return tick(response)
  flooding += 1
  await flood(response)
})

server.listen(0, '127.0.0.1', () => {
  process.on('message', () => {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('The server has no port.')
    const state: ServerState = { port: address.port, rss: process.memoryUsage().rss, flooding, ends }
    process.send?.(state)
  })
})
