/**
 * Gateways side by side: `node bench/gateway/run.ts`, after `pnpm build` and `node bench/gateway/install-peers.ts`.
 * Everything is on loopback; all servers of a suite run at once and take turns. Linux only: it reads /proc.
 */
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { bare, direct } from './contenders/bare.ts'
import type { Contender, Place } from './contenders/contender.ts'
import { litellm } from './contenders/litellm.ts'
import { nginx } from './contenders/nginx.ts'
import { ours, oursInMemory } from './contenders/ours.ts'
import { portkey, portkeyRepaired } from './contenders/portkey.ts'
import { type Options, readOptions, type SuiteName } from './options.ts'
import { type Section, table, verdictTable } from './report.ts'
import { abort } from './suites/abort.ts'
import { burst, json, large, long, paced } from './suites/cpu.ts'
import { ttfb } from './suites/latency.ts'
import { memory } from './suites/memory.ts'
import { stall } from './suites/stall.ts'
import { start } from './suites/start.ts'
import type { Bench, Suite } from './suites/suite.ts'
import { createWorld, type Server, type World } from './world.ts'

const all: readonly Contender[] = [direct, nginx, bare, ours, oursInMemory, portkey, portkeyRepaired, litellm]
const suites: Readonly<Record<SuiteName, Suite>> = {
  start,
  json,
  large,
  burst,
  long,
  paced,
  ttfb,
  abort,
  stall,
  memory,
}
/** Measured for their own sake, or because a ratio is to them. */
const always: readonly Contender[] = [direct, nginx, bare]

interface Found {
  contender: Contender
  version: string
}

const isWanted = ({ targets }: Options, contender: Contender): boolean =>
  targets.length === 0 ||
  always.includes(contender) ||
  targets.some((target) => contender.name.toLowerCase().includes(target.toLowerCase()))

/** Those that are wanted and can be measured, and why others cannot. */
const findContenders = async (
  options: Options,
  place: Place,
): Promise<{ found: Found[]; missing: string[] }> => {
  const found: Found[] = []
  const missing = ['Bifrost: no registry has its server (install-peers asks again)']
  for (const contender of all.filter((contender) => isWanted(options, contender))) {
    if (contender === litellm && options.quick && options.targets.length === 0) {
      missing.push(`${contender.name}: left out of --quick`)
      continue
    }
    const answer = await contender.find(place)
    if ('missing' in answer) missing.push(`${contender.name}: ${answer.missing}`)
    else found.push({ contender, version: answer.version })
  }
  return { found, missing }
}

/** Starts all contenders that load shares, each once; those that do not start are left out and named. */
const createServers = (world: World, contenders: readonly Contender[], missing: string[]) => {
  const servers = new Map<string, Server>()
  let isStarted = false
  return {
    get: async (): Promise<ReadonlyMap<string, Server>> => {
      if (isStarted) return servers
      isStarted = true
      for (const contender of contenders) {
        try {
          servers.set(contender.name, await world.start(contender))
        } catch (error) {
          missing.push(`${contender.name}: ${error instanceof Error ? error.message : String(error)}`)
        }
      }
      return servers
    },
    stop: async (): Promise<void> => {
      await Promise.all([...servers.values()].map((server) => server.stop()))
    },
  }
}

const load = (): string =>
  loadavg()
    .map((value) => value.toFixed(2))
    .join(' ')

const describeMachine = (): string =>
  `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`

const print = ({ title, note, head, rows }: Section): void => {
  console.log(`\n## ${title}\n\n${note}\n`)
  if (rows.length > 0) console.log(table(head, rows))
}

const runSuites = async (bench: Bench): Promise<Section[]> => {
  const sections: Section[] = []
  for (const name of bench.options.suites) {
    const section = await suites[name](bench)
    print(section)
    sections.push(section)
  }
  return sections
}

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2))
  const work = await mkdtemp(join(tmpdir(), 'gateway-bench-'))
  process.on('exit', () => rmSync(work, { recursive: true, force: true }))
  if (options.profiles !== undefined) await mkdir(options.profiles, { recursive: true })
  const startedAt = Date.now()
  const { cache, gateway, profiles } = options
  const world = await createWorld({ cache, work, gateway, profiles })
  const { found, missing } = await findContenders(options, world.place)
  const contenders = found.map(({ contender }) => contender)
  const servers = createServers(world, contenders, missing)
  console.log(`# Gateways side by side\n\n${new Date().toISOString()}, ${describeMachine()}, load ${load()}`)
  console.log(
    `${options.reps} repetitions of ${options.seconds} s, interleaved, after ${options.warm} s of warming up; ratios within a repetition, then medians.\n`,
  )
  for (const { contender, version } of found)
    if (version !== '') console.log(`- ${contender.name}: ${version}`)
  try {
    const sections = await runSuites({ world, options, contenders, servers: servers.get })
    const verdicts = sections.flatMap(({ verdicts }) => verdicts)
    console.log(`\n## Limits\n\n${verdictTable(verdicts)}`)
    console.log(`\nNot measured:\n${missing.map((name) => `- ${name}`).join('\n')}`)
    console.log(`\nLoad at the end ${load()}; ${Math.round((Date.now() - startedAt) / 1000)} s.`)
    const missed = verdicts.filter(({ holds }) => !holds).length
    console.log(missed === 0 ? 'All limits hold.' : `${missed} limits do not hold.`)
    if (options.json !== undefined)
      await writeFile(options.json, JSON.stringify({ sections, missing }, null, 2))
  } finally {
    await servers.stop()
    await world.stop()
  }
}

await main()
