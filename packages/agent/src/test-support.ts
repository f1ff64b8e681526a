import {
  createMock,
  createProviderManager,
  type Message,
  type MockOptions,
  type MockProvider,
} from '@gateway/provider'
import {
  createMemoryStore,
  createSessionManager,
  type SessionKey,
  type SessionStore,
  type TurnState,
} from '@gateway/session'
import {
  allowAll,
  builtInTool,
  createToolRegistry,
  defineTool,
  type Tool,
  type ToolRegistry,
} from '@gateway/tool'
import { createAgent } from './agent.ts'
import type { Agent, AgentOptions, TurnReport } from './types.ts'

/** For the tests of this package: an agent over real parts, with a scripted model and a counting clock. */
export const createFixture = async (options: FixtureOptions = {}): Promise<Fixture> => {
  let time = 1_000_000
  let ids = 0
  const now = () => {
    time += 1
    return time
  }
  const generateId = (prefix: string) => {
    ids += 1
    return `${prefix}_${String(ids).padStart(4, '0')}`
  }
  const mock = createMock({ script: options.script })
  const store = options.store ?? createMemoryStore({ now })
  const sessions = createSessionManager<Message>({ store, now })
  const reports: TurnReport[] = []
  const agentOptions: AgentOptions = {
    providers: createProviderManager({ providers: [mock] }),
    sessions,
    tools: options.tools ?? standardTools(),
    now,
    generateId,
    onTurnEnd: (end) => reports.push(end),
    ...options.agent,
  }
  const agent = createAgent(agentOptions)
  const { key } = await sessions.create({
    tenant: 'acme',
    model: 'mock',
    tools: options.sessionTools,
    system: options.system,
  })
  return {
    agent,
    agentOptions,
    sessions,
    store,
    mock,
    key,
    reports,
    async say(content) {
      const started = await agent.startTurn({ key, content })
      if (started.status !== 'started') throw new Error(`The turn did not start: ${started.status}`)
      const turn = await agent.waitForTurn(key, started.turnId)
      if (turn === undefined) throw new Error('The turn is gone.')
      return turn
    },
    types: async () =>
      ((await sessions.read(key)) ?? []).filter((event) => event.type !== 'delta').map((event) => event.type),
    messages: async () => ((await sessions.get(key))?.messages ?? []).map((stored) => stored.message),
  }
}

/** What a test may choose. */
export interface FixtureOptions {
  script?: MockOptions['script']
  store?: SessionStore
  tools?: ToolRegistry
  agent?: Partial<AgentOptions>
  sessionTools?: string[]
  system?: string
}

/** What a test works with. */
export interface Fixture {
  agent: Agent
  agentOptions: AgentOptions
  sessions: AgentOptions['sessions']
  store: SessionStore
  mock: MockProvider
  key: SessionKey
  reports: TurnReport[]
  /** Starts a turn that must start, and waits for its end. */
  say(content: string): Promise<TurnState>
  /** The types of the log, without deltas. */
  types(): Promise<string[]>
  messages(): Promise<Message[]>
}

const standardTools = (): ToolRegistry => {
  const registry = createToolRegistry({ policy: allowAll() })
  for (const name of ['echo', 'calculator']) {
    const tool = builtInTool(name)
    if (tool !== undefined) registry.register(tool)
  }
  return registry
}

/** A tool that waits until the test lets it go on, or its signal aborts. */
export const createGatedTool = (
  name = 'gate',
): { tool: Tool; entered: Promise<void>; open: (text: string) => void } => {
  const entered = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<string>()
  const tool = defineTool({
    name,
    description: 'Waits for the test.',
    input: { type: 'object' },
    execute: (_input, { signal }) => {
      entered.resolve()
      signal.addEventListener('abort', () => gate.reject(signal.reason), { once: true })
      return gate.promise
    },
  })
  return { tool, entered: entered.promise, open: (text: string) => gate.resolve(text) }
}
