import { createMock, createProviderManager, type Message, type MockOptions } from '@gateway/provider'
import { createMemoryStore, createSessionManager, type SessionKey, type SessionStore } from '@gateway/session'
import { allowAll, builtInTool, createToolRegistry, defineTool, type ToolRegistry } from '@gateway/tool'
import { createAgent } from './agent.ts'
import type { AgentOptions, TurnReport } from './types.ts'

/** For the tests of this package: an agent over real parts, with a scripted model and a counting clock. */
export const createFixture = async (
  options: {
    script?: MockOptions['script']
    store?: SessionStore
    tools?: ToolRegistry
    agent?: Partial<AgentOptions>
    sessionTools?: string[]
    system?: string
  } = {},
) => {
  let time = 1_000_000
  let ids = 0
  const now = () => (time += 1)
  const generateId = (prefix: string) => `${prefix}_${String(++ids).padStart(4, '0')}`
  const mock = createMock({ script: options.script })
  const providers = createProviderManager({ providers: [mock] })
  const store = options.store ?? createMemoryStore({ now })
  const sessions = createSessionManager<Message>({ store, now })
  const tools = options.tools ?? standardTools()
  const reports: TurnReport[] = []
  const agentOptions: AgentOptions = {
    providers,
    sessions,
    tools,
    now,
    generateId,
    onTurnEnd: (end) => reports.push(end),
    ...options.agent,
  }
  const agent = createAgent(agentOptions)
  const { key } = await sessions.create({
    tenant: 'acme',
    model: 'mock',
    ...(options.sessionTools === undefined ? {} : { tools: options.sessionTools }),
    ...(options.system === undefined ? {} : { system: options.system }),
  })
  return {
    agent,
    agentOptions,
    sessions,
    store,
    tools,
    mock,
    key,
    reports,
    ...helpers({ agent, sessions, key }),
  }
}

const helpers = ({ agent, sessions, key }: Pick<Parts, 'agent' | 'sessions' | 'key'>) => ({
  /** Starts a turn that must start, and waits for its end. */
  async say(content: string) {
    const started = await agent.startTurn({ key, content })
    if (started.status !== 'started') throw new Error(`The turn did not start: ${started.status}`)
    const turn = await agent.waitForTurn(key, started.turnId)
    if (turn === undefined) throw new Error('The turn is gone.')
    return turn
  },
  /** The types of the log, without deltas. */
  async types(): Promise<string[]> {
    return ((await sessions.read(key)) ?? [])
      .filter((event) => event.type !== 'delta')
      .map((event) => event.type)
  },
  async messages(): Promise<Message[]> {
    return ((await sessions.get(key))?.messages ?? []).map((stored) => stored.message)
  },
})

interface Parts {
  agent: ReturnType<typeof createAgent>
  sessions: AgentOptions['sessions']
  key: SessionKey
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
export const createGatedTool = (name = 'gate') => {
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
