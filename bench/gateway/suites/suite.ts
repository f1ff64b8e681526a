import type { Contender } from '../contenders/contender.ts'
import type { Lane } from '../lanes.ts'
import type { Options } from '../options.ts'
import type { Section } from '../report.ts'
import { type Scenario, scenario } from '../scenarios.ts'
import type { Server, World } from '../world.ts'

/** What every suite works with. */
export interface Bench {
  world: World
  options: Options
  /** Those that can be measured here. */
  contenders: readonly Contender[]
  /** One running server of each, shared by the suites that load them; started when first asked for. */
  servers(): Promise<ReadonlyMap<string, Server>>
}

/** A part of the run. */
export type Suite = (bench: Bench) => Promise<Section>

/** Who is loaded with what: a contender's name, and what its client and its model speak. */
export interface LanePlan {
  contender: string
  client?: Scenario['dialect']
  upstream?: Scenario['dialect']
}

const dialectNames = { chat: 'Chat', messages: 'Anthropic' }

/** The name of a lane: the contender's alone where a Chat client asks a Chat model. */
export const laneName = ({ contender, client = 'chat', upstream = 'chat' }: LanePlan): string => {
  if (client === 'chat' && upstream === 'chat') return contender
  return client === upstream
    ? `${contender}, ${dialectNames[client]}`
    : `${contender}, ${dialectNames[client]} → ${dialectNames[upstream]}`
}

/** The lanes of those plans whose contenders run. */
export const toLanes = async (
  bench: Bench,
  plans: readonly LanePlan[],
  knob: string,
  bytes?: number,
): Promise<Lane[]> => {
  const servers = await bench.servers()
  return plans.flatMap((plan) => {
    const { contender, client = 'chat', upstream = 'chat' } = plan
    const server = servers.get(contender)
    if (server === undefined) return []
    return [{ name: laneName(plan), server, scenario: scenario(client, upstream, knob, bytes) }]
  })
}
