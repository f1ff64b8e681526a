import type { LaneResult, Ratio } from './lanes.ts'

/** A limit that a figure is held against. */
export interface Verdict {
  figure: string
  measured: string
  /** Without it nothing can be missed: the figure stands there to be known. */
  must?: string
  holds: boolean
  stretch?: string
  stretches?: boolean
}

/** What a suite has to say. */
export interface Section {
  title: string
  note: string
  head: readonly string[]
  rows: readonly (readonly string[])[]
  verdicts: readonly Verdict[]
}

/** A number with as many digits as say something. */
export const short = (value: number): string => {
  if (!Number.isFinite(value)) return '–'
  const magnitude = Math.abs(value)
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2)
}

/** A ratio with its range. */
export const times = (ratio: Ratio | undefined): string =>
  ratio === undefined ? '–' : `${short(ratio.middle)}× (${short(ratio.least)}–${short(ratio.most)})`

/** What was wrong with answers of a lane, the most frequent first. */
export const faultsOf = ({ faults }: LaneResult): string => {
  const [first, ...others] = Object.entries(faults).sort(([, a], [, b]) => b - a)
  if (first === undefined) return ''
  const [fault, count] = first
  const text = fault.replaceAll(/[|\n]/g, ' ').slice(0, 100)
  return `${count} × ${text}${others.length > 0 ? `, and ${others.length} other kinds` : ''}`
}

/** A figure that must not be above its limits. */
export const atMost = (
  figure: string,
  value: number | undefined,
  { must, stretch }: { must?: number; stretch?: number },
  print: (value: number) => string,
  measured?: string,
): Verdict[] =>
  value === undefined || !Number.isFinite(value)
    ? []
    : [
        {
          figure,
          measured: measured ?? print(value),
          ...(must === undefined ? {} : { must: `≤ ${print(must)}` }),
          holds: must === undefined || value <= must,
          ...(stretch === undefined ? {} : { stretch: `≤ ${print(stretch)}`, stretches: value <= stretch }),
        },
      ]

/** How much cheaper one is than another, as a ratio that must not be below its limits. */
export const atLeast = (
  figure: string,
  ratio: Ratio | undefined,
  { must, stretch }: { must?: number; stretch?: number },
): Verdict[] =>
  ratio === undefined
    ? []
    : [
        {
          figure,
          measured: times(ratio),
          ...(must === undefined ? {} : { must: `≥ ${must}×` }),
          holds: must === undefined || ratio.middle >= must,
          ...(stretch === undefined ? {} : { stretch: `≥ ${stretch}×`, stretches: ratio.middle >= stretch }),
        },
      ]

/** A ratio that must not be above its limits. */
export const ratioAtMost = (
  figure: string,
  ratio: Ratio | undefined,
  limits: { must?: number; stretch?: number },
): Verdict[] => atMost(figure, ratio?.middle, limits, (value) => `${short(value)}×`, times(ratio))

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** A Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')

const mark = (holds: boolean | undefined): string => (holds === undefined ? '' : holds ? '✓' : '✗')

/** The table of limits. */
export const verdictTable = (verdicts: readonly Verdict[]): string =>
  table(
    ['figure', 'measured', 'must', '', 'stretch', ''],
    verdicts.map(({ figure, measured, must, holds, stretch, stretches }) => [
      figure,
      measured,
      must ?? '',
      mark(must === undefined ? undefined : holds),
      stretch ?? '',
      mark(stretches),
    ]),
  )
