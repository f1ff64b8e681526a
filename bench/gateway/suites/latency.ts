import { median } from '../../measure.ts'
import { type LaneResult, middle, openLoop, type Ratio, runLanes } from '../lanes.ts'
import { faultsOf, ratioAtMost, short } from '../report.ts'
import { type LanePlan, type Suite, toLanes } from './suite.ts'

const rate = 100

const plans: readonly LanePlan[] = [
  ...['direct', 'nginx', 'bare', 'ours', 'Portkey', 'Portkey, repaired'].map((contender) => ({ contender })),
  { contender: 'ours', upstream: 'messages' },
  { contender: 'ours', client: 'messages' },
  { contender: 'LiteLLM' },
]

/** What each repetition added to the time that the mock itself takes. */
const addedBy = (result: LaneResult, direct: LaneResult | undefined): number[] =>
  result.samples.flatMap(({ firstMs }, n) => {
    const base = direct?.samples[n]
    return base === undefined ? [] : [firstMs - base.firstMs]
  })

const toRatio = (own: readonly number[], other: readonly number[]): Ratio | undefined => {
  const ratios = own.slice(0, other.length).map((added, n) => added / (other[n] ?? Number.NaN))
  if (ratios.length === 0) return undefined
  return { middle: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) }
}

/** How much later the first event arrives than without anything in between. */
export const ttfb: Suite = async (bench) => {
  const lanes = await toLanes(bench, plans, 'paced-8-10')
  const { reps, seconds } = bench.options
  const results = await runLanes(bench.world, lanes, openLoop(rate), { reps, seconds: 1.5 * seconds })
  const find = (name: string) => results.find((result) => result.name === name)
  const direct = find('direct')
  const added = (name: string) => {
    const result = find(name)
    return result === undefined ? [] : addedBy(result, direct)
  }
  return {
    title: `Time to first byte, ${rate} streams a second`,
    note:
      'Milliseconds until the first byte of the body, p50 of each repetition, medians of these; the mock sends the ' +
      'first text with the start of the stream and 8 events in 80 ms.',
    head: ['contender', 'p50, ms', 'added, ms', 'CPU per stream, us', 'faults'],
    rows: results.map((result) => [
      result.name,
      middle(result, 'firstMs').toFixed(2),
      median(addedBy(result, direct)).toFixed(2),
      short(middle(result, 'micros')),
      faultsOf(result),
    ]),
    verdicts: ratioAtMost(
      "added time to first byte, p50: of nginx's",
      toRatio(added('ours'), added('nginx')),
      {
        must: 3.5,
        stretch: 2,
      },
    ),
  }
}
