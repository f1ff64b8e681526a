import { closedLoop, type LaneResult, middle, ratioOf, runLanes } from '../lanes.ts'
import { atLeast, faultsOf, ratioAtMost, type Section, short, times, type Verdict } from '../report.ts'
import { type Bench, type LanePlan, laneName, type Suite, toLanes } from './suite.ts'

const chatOnly = (...contenders: string[]): LanePlan[] => contenders.map((contender) => ({ contender }))
const everyone = chatOnly(
  'direct',
  'nginx',
  'bare',
  'ours',
  'ours, memory store',
  'Portkey',
  'Portkey, repaired',
  'LiteLLM',
)
/** What LiteLLM and the other Portkey cost is known from two suites; more would take minutes. */
const fewer = everyone.filter(({ contender }) => contender !== 'LiteLLM' && contender !== 'Portkey, repaired')
const toAnthropic = (contender: string): LanePlan => ({ contender, upstream: 'messages' })
const fromAnthropic = (contender: string): LanePlan => ({ contender, client: 'messages' })
const anthropicOnly = (contender: string): LanePlan => ({
  contender,
  client: 'messages',
  upstream: 'messages',
})
/** Portkey takes Anthropic's requests for Anthropic's models alone. */
const translations = [
  ...['ours', 'Portkey', 'LiteLLM'].map(toAnthropic),
  ...['ours', 'LiteLLM'].map(fromAnthropic),
]

const head = [
  'contender',
  'CPU, us',
  'before, us',
  'of nginx',
  'of bare',
  'answers/s',
  'bytes each',
  'busy: mock, load',
  'faults',
] as const

const toRows = (results: readonly LaneResult[]): string[][] => {
  const nginx = results.find(({ name }) => name === 'nginx')
  const bare = results.find(({ name }) => name === 'bare')
  return results.map((result) => {
    const micros = middle(result, 'micros') / result.events
    const busy = [middle(result, 'upstreamBusy'), middle(result, 'generatorBusy')]
    return [
      result.name,
      // Of the mock itself it is what the mock costs.
      short(micros),
      result.before === undefined ? '' : short(result.before.micros / result.events),
      times(ratioOf(result, nginx)),
      times(ratioOf(result, bare)),
      short(middle(result, 'perSecond')),
      middle(result, 'bytes').toFixed(0),
      busy.map((share) => `${short(share * 100)} %`).join(', '),
      faultsOf(result),
    ]
  })
}

/** Limits of this repository's server among the results of one suite. */
type Judge = (find: (name: string) => LaneResult | undefined) => Verdict[]

interface CpuPlan {
  title: string
  note: string
  lanes: readonly LanePlan[]
  knob: string
  bytes?: number
  connections: number
  /** None where the suite only explains the others; three repetitions are enough then. */
  judge?: Judge
}

const run = async (bench: Bench, plan: CpuPlan): Promise<Section> => {
  const lanes = await toLanes(bench, plan.lanes, plan.knob, plan.bytes)
  const { seconds, warm } = bench.options
  const reps = plan.judge === undefined ? Math.min(3, bench.options.reps) : bench.options.reps
  const results = await runLanes(bench.world, lanes, closedLoop(plan.connections), {
    reps,
    seconds,
    warm,
  })
  const verdicts = plan.judge?.((name) => results.find((result) => result.name === name)) ?? []
  return { title: plan.title, note: plan.note, head, rows: toRows(results), verdicts }
}

/** The limit is to Portkey as its lockfile has it; how it stands on a newer Node is told beside. */
const againstPortkey = (
  what: string,
  find: Parameters<Judge>[0],
  own: string,
  limits: { must: number; stretch?: number },
): Verdict[] =>
  ['Portkey', 'Portkey, repaired'].flatMap((name) =>
    atLeast(
      `${what}: ${own}, cheaper than ${name}`,
      ratioOf(find(name), find(own)),
      name === 'Portkey' ? limits : {},
    ),
  )

const jsonRequest = 'CPU per small JSON request'

/** Small answers that are not streamed. */
export const json: Suite = (bench) =>
  run(bench, {
    title: `${jsonRequest} (1 KB up, 1 KB down, 32 at a time)`,
    note: 'Microseconds of CPU of the whole process tree for one request.',
    lanes: [...everyone, ...translations],
    knob: 'json',
    connections: 32,
    judge: (find) =>
      ['ours', 'ours, memory store'].flatMap((own) => [
        ...ratioAtMost(`${jsonRequest}: ${own}, of bare`, ratioOf(find(own), find('bare')), {
          must: 1.5,
          stretch: 0.8,
        }),
        ...againstPortkey(jsonRequest, find, own, { must: 7, stretch: 15 }),
      ]),
  })

/** A long conversation goes up. */
export const large: Suite = (bench) =>
  run(bench, {
    title: 'CPU per JSON request of 36 KB',
    note: 'As above, with a conversation of 36 KB; three repetitions.',
    lanes: [...fewer, toAnthropic('ours'), fromAnthropic('ours')],
    knob: 'json',
    bytes: 36 * 1024,
    connections: 32,
  })

const burstEvent = 'CPU per streamed event, burst'
const translatedEvent = 'CPU per event, translated'

/** A hundred events that the upstream sends at once, relayed and translated. */
export const burst: Suite = (bench) =>
  run(bench, {
    title: `${burstEvent} (100 events in one write, each a chunk; 16 streams at a time)`,
    note: 'Microseconds of CPU for one of the 100 events with text, all costs of the request in it.',
    lanes: [...everyone, anthropicOnly('bare'), anthropicOnly('ours'), ...translations],
    knob: 'burst-100',
    connections: 16,
    judge: (find) => [
      ...ratioAtMost(`${burstEvent}: of bare`, ratioOf(find('ours'), find('bare')), { must: 1.25 }),
      ...ratioAtMost(`${burstEvent}: of nginx`, ratioOf(find('ours'), find('nginx')), { stretch: 1 }),
      ...againstPortkey(burstEvent, find, 'ours', { must: 9 }),
      ...[toAnthropic('ours'), fromAnthropic('ours')].flatMap((plan) => {
        const name = laneName(plan)
        // Bare hands on the same bytes that ours has to read.
        const base = find(plan.upstream === 'messages' ? laneName(anthropicOnly('bare')) : 'bare')
        return ratioAtMost(`${translatedEvent}: ${name}, of bare`, ratioOf(find(name), base), {
          must: 4,
          stretch: 2.2,
        })
      }),
    ],
  })

/** Ten times as many. */
export const long: Suite = (bench) =>
  run(bench, {
    title: 'CPU per streamed event, 1000 events in one write (4 streams at a time)',
    note: 'What a stream costs when its beginning and end hardly count; three repetitions.',
    lanes: [...fewer, toAnthropic('ours'), fromAnthropic('ours')],
    knob: 'burst-1000',
    connections: 4,
  })

/** Events as they come from a model. */
export const paced: Suite = (bench) =>
  run(bench, {
    title: 'CPU per streamed event, one every 10 ms (64 events; 50 streams at a time)',
    note: 'Every event is a read and a write of its own; idle wake-ups are in it. Three repetitions.',
    lanes: [
      ...fewer.filter(({ contender }) => contender !== 'direct'),
      toAnthropic('ours'),
      fromAnthropic('ours'),
    ],
    knob: 'paced-64-10',
    connections: 50,
  })
