import { median } from '../measure.ts'
import type { LoadResult, Order } from './load/orders.ts'
import { comeToRest, cpuBetween, readCpu } from './proc.ts'
import type { Scenario } from './scenarios.ts'
import type { Server, World } from './world.ts'

/** One contender with one kind of request. */
export interface Lane {
  name: string
  server: Server
  scenario: Scenario
}

/** What one repetition of a lane gave. */
export interface Sample {
  /** Microseconds of the contender's CPU for each answer. */
  micros: number
  perSecond: number
  /** Milliseconds to the first byte of a body. */
  firstMs: number
  firstMsP99: number
  /** Bytes of one answer's body. */
  bytes: number
  /** How busy mock and generator were, as a share of one core. */
  upstreamBusy: number
  generatorBusy: number
}

/** All repetitions of a lane. Without samples it could not be measured, and `faults` say why. */
export interface LaneResult {
  name: string
  /** Events with text in each answer. */
  events: number
  samples: Sample[]
  /** What the lane gave before the warming up; not among the samples. */
  before?: Sample | undefined
  faults: Record<string, number>
}

/** How a lane is loaded, for so many seconds. */
export type Loading = (lane: Lane, seconds: number) => Order

/** More than these at a time LiteLLM does not finish within a repetition; its cost is counted by the answer. */
const fewer: Readonly<Record<string, number>> = { LiteLLM: 4 }

/** So many requests at a time, without pause. */
export const closedLoop =
  (connections: number): Loading =>
  ({ server, scenario }, seconds) => ({
    kind: 'closed',
    port: server.port,
    request: server.request(scenario),
    expected: scenario,
    connections: Math.min(connections, fewer[server.name] ?? connections),
    ms: seconds * 1000,
  })

/** So many requests a second, evenly. */
export const openLoop =
  (rate: number): Loading =>
  ({ server, scenario }, seconds) => ({
    kind: 'open',
    port: server.port,
    request: server.request(scenario),
    expected: scenario,
    rate,
    ms: seconds * 1000,
  })

const measure = async (world: World, lane: Lane, order: Order): Promise<[Sample, LoadResult]> => {
  const pids = [lane.server.pid, world.upstreamPid, world.generatorPid]
  const before = pids.map(readCpu)
  const result = await world.load(order)
  const [own = 0, upstream = 0, generator = 0] = pids.map((pid, n) =>
    cpuBetween(before[n] ?? new Map(), readCpu(pid)),
  )
  const sample: Sample = {
    micros: own / result.completed,
    perSecond: (1000 * result.completed) / result.elapsedMs,
    firstMs: result.firstMs.p50,
    firstMsP99: result.firstMs.p99,
    bytes: result.bytes,
    upstreamBusy: upstream / result.elapsedMs / 1000,
    generatorBusy: generator / result.elapsedMs / 1000,
  }
  return [sample, result]
}

/** What a contender that could not keep up still works on must not be the next one's burden. */
const rest = { windowMs: 50, share: 0.3, patienceMs: 4_000 }

/** How often and how long lanes are loaded: seconds of one repetition, and of what warms up each contender. */
export interface Measuring {
  reps: number
  seconds: number
  warm: number
}

const newResult = ({ name, scenario }: Lane): LaneResult => ({
  name,
  events: scenario.events,
  samples: [],
  faults: {},
})

// What compiles itself while it runs is compared when it has done so, and no time of a peer's is left out for it.
const warming = closedLoop(16)

/**
 * Visits all lanes once in each repetition, the order reversed every time, so that what else the machine does hits
 * all alike. A repetition before the first one is told apart; a lane that gives no whole answer in it is left out of
 * the others. Then every contender is warmed up for the same time, which its lanes share.
 */
export const runLanes = async (
  world: World,
  lanes: readonly Lane[],
  loading: Loading,
  { reps, seconds, warm }: Measuring,
): Promise<LaneResult[]> => {
  const all = lanes.map((lane) => ({
    lane,
    result: newResult(lane),
  }))
  const visit = async ({ lane, result }: (typeof all)[number]): Promise<Sample | undefined> => {
    const [sample, { completed, faults }] = await measure(world, lane, loading(lane, seconds))
    await comeToRest(lane.server.pid, rest)
    for (const [fault, times] of Object.entries(faults)) {
      result.faults[fault] = (result.faults[fault] ?? 0) + times
    }
    return completed > 0 ? sample : undefined
  }
  for (const each of all) each.result.before = await visit(each)
  const alive = all.filter(({ result }) => result.before !== undefined)
  for (const { lane } of alive) {
    const sharers = alive.filter((other) => other.lane.server === lane.server).length
    await world.load(warming(lane, warm / sharers))
    await comeToRest(lane.server.pid, rest)
  }
  for (let rep = 0; rep < reps; rep += 1) {
    for (const each of rep % 2 === 0 ? alive : alive.toReversed()) {
      const sample = await visit(each)
      if (sample !== undefined) each.result.samples.push(sample)
    }
  }
  return all.map(({ result }) => result)
}

/** The middle of one figure over all repetitions. */
export const middle = ({ samples }: LaneResult, figure: keyof Sample): number =>
  median(samples.map((sample) => sample[figure]))

/** A ratio inside each repetition, so that a slow moment of the machine hits both sides: the middle and the range. */
export interface Ratio {
  middle: number
  least: number
  most: number
}

/** Sets two lanes' figures against each other, repetition by repetition. Undefined where one was not measured. */
export const ratioOf = (
  own: LaneResult | undefined,
  other: LaneResult | undefined,
  figure: (sample: Sample) => number = ({ micros }) => micros,
): Ratio | undefined => {
  const count = Math.min(own?.samples.length ?? 0, other?.samples.length ?? 0)
  if (own === undefined || other === undefined || count === 0) return undefined
  const ratios = own.samples.slice(0, count).flatMap((sample, n) => {
    const against = other.samples[n]
    return against === undefined ? [] : [figure(sample) / figure(against)]
  })
  return { middle: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) }
}
