import { median } from '../../measure.ts'
import { type LaneResult, middle, openLoop, runLanes } from '../lanes.ts'
import { atMost, faultsOf, short } from '../report.ts'
import { type LanePlan, type Suite, toLanes } from './suite.ts'

const rate = 100

const plans: readonly LanePlan[] = [
  ...['direct', 'nginx', 'bare', 'ours', 'Portkey', 'Portkey, repaired'].map((contender) => ({ contender })),
  { contender: 'ours', upstream: 'messages' },
  { contender: 'ours', client: 'messages' },
]

/** What each repetition added to the time that the mock itself takes. */
const addedBy = (result: LaneResult, direct: LaneResult | undefined): number[] =>
  result.samples.flatMap(({ firstMs }, n) => {
    const base = direct?.samples[n]
    return base === undefined ? [] : [firstMs - base.firstMs]
  })

/** How much later the first event arrives than without anything in between. */
export const ttfb: Suite = async (bench) => {
  const lanes = await toLanes(bench, plans, 'paced-8-10')
  const { reps, seconds, warm } = bench.options
  const results = await runLanes(bench.world, lanes, openLoop(rate), {
    reps,
    seconds: 1.2 * seconds,
    warm,
  })
  const find = (name: string) => results.find((result) => result.name === name)
  const direct = find('direct')
  const added = (name: string): number => {
    const result = find(name)
    return result === undefined ? Number.NaN : median(addedBy(result, direct))
  }
  // Of medians: what nginx adds can be next to nothing in one repetition.
  const ratio = added('ours') / added('nginx')
  return {
    title: `Time to first byte, ${rate} streams a second`,
    note:
      'Milliseconds until the first byte of the body, p50 of each repetition, medians of these; the mock sends the ' +
      'first text with the start of the stream and 8 events in 80 ms. LiteLLM cannot keep up with this rate.',
    head: ['contender', 'p50, ms', 'added, ms', 'p99, ms', 'CPU per stream, us', 'faults'],
    rows: results.map((result) => [
      result.name,
      middle(result, 'firstMs').toFixed(2),
      median(addedBy(result, direct)).toFixed(2),
      middle(result, 'firstMsP99').toFixed(2),
      short(middle(result, 'micros')),
      faultsOf(result),
    ]),
    verdicts: atMost(
      "added time to first byte, p50: of nginx's",
      ratio,
      { must: 3.5, stretch: 2 },
      (value) => `${short(value)}×`,
    ),
  }
}
