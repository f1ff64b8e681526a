import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Contender, clientKey, type Place } from './contenders/contender.ts'
import { createClient, type Exchange } from './load/client.ts'
import type { LoadResult, Order } from './load/orders.ts'
import type { UpstreamNote } from './mock/upstream.ts'
import { freePort, startProgram, startServer, stop } from './processes.ts'
import { chat, type Scenario, toRequest } from './scenarios.ts'

/** A contender that runs. */
export interface Server {
  name: string
  port: number
  /** The root of its process tree; of the mock for `direct`. */
  pid: number
  /** Milliseconds from its start to its first answer with status 200. */
  startMs: number
  request(scenario: Scenario): string
  stop(): Promise<void>
}

type ModelNote = Extract<UpstreamNote, { model: string }>

/** The mock, the load, and what is measured between them. */
export interface World {
  place: Place
  upstreamPid: number
  generatorPid: number
  load(order: Order): Promise<LoadResult>
  /** Waits for what the mock tells of one model: `count` notes of a type, or as many as come within `ms`. */
  heard<Type extends ModelNote['type']>(
    type: Type,
    model: string,
    count: number,
    ms: number,
  ): Promise<Extract<ModelNote, { type: Type }>[]>
  /** Starts a contender and waits for its first answer; throws with the last fault if there is none. */
  start(contender: Contender): Promise<Server>
  stop(): Promise<void>
}

const pidOf = ({ pid }: ChildProcess): number => {
  if (pid === undefined) throw new Error('A process did not start.')
  return pid
}

const listen = <Type extends ModelNote['type']>(
  upstream: ChildProcess,
  type: Type,
  model: string,
  count: number,
  ms: number,
): Promise<Extract<ModelNote, { type: Type }>[]> =>
  new Promise((resolve) => {
    const notes: Extract<ModelNote, { type: Type }>[] = []
    const settle = (): void => {
      upstream.off('message', hear)
      clearTimeout(timer)
      resolve(notes)
    }
    const isMeant = (note: UpstreamNote): note is Extract<ModelNote, { type: Type }> =>
      note.type === type && 'model' in note && note.model === model
    const hear = (note: UpstreamNote): void => {
      if (isMeant(note)) notes.push(note)
      if (notes.length === count) settle()
    }
    const timer = setTimeout(settle, ms)
    upstream.on('message', hear)
  })

const startDeadlineMs = 90_000

const ask = (port: number, request: Buffer): Promise<Exchange> =>
  new Promise((resolve) => {
    const client = createClient(port)
    client.send(request, (exchange) => {
      client.destroy()
      resolve(exchange)
    })
  })

/** Asks every few milliseconds until there is an answer; what came last is the reason where there is none. */
const firstAnswer = async (port: number, request: Buffer, child: ChildProcess): Promise<void> => {
  const deadline = performance.now() + startDeadlineMs
  for (;;) {
    const { status, body, error } = await ask(port, request)
    if (status === 200) return
    // A server that answers differently has started: it will not change its mind.
    const isOver =
      (status >= 400 && status !== 503) || child.exitCode !== null || performance.now() > deadline
    if (isOver) throw new Error(error ?? `status ${status}: ${body.subarray(0, 200)}`)
    await sleep(2)
  }
}

const startContender = async (contender: Contender, place: Place): Promise<Omit<Server, 'request'>> => {
  const port = await freePort()
  const launch = contender.launch?.(port, place)
  if (launch === undefined) throw new Error(`${contender.name} is not started.`)
  const startedAt = performance.now()
  const child = startServer(launch, `${place.work}/${contender.name.replaceAll(/\W+/g, '-')}.log`)
  const scenario = chat('json')
  const request = toRequest(scenario, clientKey, contender.headers?.(scenario, place))
  try {
    await firstAnswer(port, Buffer.from(request), child)
  } catch (error) {
    await stop(child)
    throw error
  }
  const startMs = performance.now() - startedAt
  return { name: contender.name, port, pid: pidOf(child), startMs, stop: () => stop(child) }
}

/** Starts the mock and the generator. */
export const createWorld = async (settings: Omit<Place, 'upstreamPort'>): Promise<World> => {
  const upstream = startProgram(new URL('./mock/upstream.ts', import.meta.url))
  const generator = startProgram(new URL('./load/generator.ts', import.meta.url))
  const [listening] = await once(upstream, 'message')
  const place: Place = { ...settings, upstreamPort: listening.port }
  return {
    place,
    upstreamPid: pidOf(upstream),
    generatorPid: pidOf(generator),
    load: async (order) => {
      const answered = once(generator, 'message')
      generator.send(order)
      const [result] = await answered
      return result
    },
    heard: (type, model, count, ms) => listen(upstream, type, model, count, ms),
    start: async (contender) => {
      const request = (scenario: Scenario) =>
        toRequest(scenario, clientKey, contender.headers?.(scenario, place))
      if (contender.launch !== undefined) return { ...(await startContender(contender, place)), request }
      const pid = pidOf(upstream)
      return {
        name: contender.name,
        port: place.upstreamPort,
        pid,
        startMs: 0,
        request,
        stop: async () => {},
      }
    },
    stop: async () => {
      await Promise.all([stop(upstream), stop(generator)])
    },
  }
}
