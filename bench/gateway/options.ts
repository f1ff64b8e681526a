import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** The parts of a run, in their order. */
export const suiteNames = [
  'start',
  'json',
  'large',
  'burst',
  'long',
  'paced',
  'ttfb',
  'abort',
  'stall',
  'memory',
] as const

/** The name of a part. */
export type SuiteName = (typeof suiteNames)[number]

const quickSuites: readonly SuiteName[] = ['start', 'json', 'burst', 'ttfb', 'abort']

/** What the command line says. */
export interface Options {
  /** Leaves out what takes long: some suites, and LiteLLM unless it is a target. */
  quick: boolean
  suites: readonly SuiteName[]
  /** Measures only contenders whose names contain one of these, and those that ratios need. */
  targets: readonly string[]
  reps: number
  /** Seconds of one repetition of one contender. */
  seconds: number
  /** Seconds for which a suite loads each contender before it measures any. */
  warm: number
  cache: string
  gateway: string
  profiles: string | undefined
  json: string | undefined
}

const usage = `node bench/gateway/run.ts [--quick] [--suites a,b] [--targets name,name] [--reps 5] [--seconds 1] [--warm 10]
  [--cache DIR] [--gateway dist/main.js] [--profile DIR] [--json FILE]
suites: ${suiteNames.join(', ')}`

const toList = (text: string | undefined): string[] => text?.split(',').filter((name) => name !== '') ?? []

const toSuites = (text: string | undefined, quick: boolean): readonly SuiteName[] => {
  const wanted = toList(text)
  const unknown = wanted.find((name) => !suiteNames.some((known) => known === name))
  if (unknown !== undefined) throw new Error(`There is no suite "${unknown}".\n${usage}`)
  if (wanted.length > 0) return suiteNames.filter((name) => wanted.includes(name))
  return quick ? quickSuites : suiteNames
}

const toNumber = (name: string, text: string | undefined, otherwise: number): number => {
  const value = text === undefined ? otherwise : Number(text)
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, not "${text}".\n${usage}`)
  return value
}

/** Reads the command line of the run and of the installation. */
export const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      suites: { type: 'string' },
      targets: { type: 'string' },
      reps: { type: 'string' },
      seconds: { type: 'string' },
      warm: { type: 'string' },
      cache: { type: 'string', default: join(tmpdir(), 'gateway-bench-peers') },
      gateway: {
        type: 'string',
        default: fileURLToPath(new URL('../../apps/gateway/dist/main.js', import.meta.url)),
      },
      profile: { type: 'string' },
      json: { type: 'string' },
    },
  })
  return {
    quick: values.quick,
    suites: toSuites(values.suites, values.quick),
    targets: toList(values.targets),
    reps: toNumber('reps', values.reps, values.quick ? 3 : 5),
    seconds: toNumber('seconds', values.seconds, values.quick ? 0.5 : 1),
    warm: toNumber('warm', values.warm, values.quick ? 4 : 10),
    cache: resolve(values.cache),
    gateway: resolve(values.gateway),
    profiles: values.profile === undefined ? undefined : resolve(values.profile),
    json: values.json,
  }
}
