import { createAgent } from '@gateway/agent'
import {
  createMock,
  createProviderManager,
  lookupModel,
  type Message,
  type MockOptions,
  type Provider,
} from '@gateway/provider'
import { createMemoryStore, createSessionManager, type LedgerRow } from '@gateway/session'
import { createApp } from './app.ts'
import { composeTools } from './compose/tools.ts'
import type { AppDeps } from './deps.ts'
import { createAccess, sha256 } from './http/auth.ts'
import { createLogger } from './logger.ts'
import { createMetrics } from './metrics/metrics.ts'
import { readPage } from './page-files.ts'
import { createV1 } from './v1/v1.ts'

/** For tests: the app over real parts in memory, asked without a socket. */
export const createTestApp = (
  options: {
    script?: MockOptions['script']
    /** Instead of the mock. */
    providers?: readonly Provider[]
    keys?: Record<string, string>
    deps?: Partial<AppDeps>
  } = {},
) => {
  const lines: string[] = []
  const log = createLogger('debug', { write: (line: string) => void lines.push(line) })
  const metrics = createMetrics({ process: false })
  const providers = createProviderManager({
    providers: options.providers ?? [createMock({ script: options.script })],
    onAttempt: metrics.attempt,
  })
  const now = createLater()
  const sessions = createSessionManager<Message>({ store: createMemoryStore({ now }), now })
  metrics.showModels(providers, [])
  const tools = composeTools(
    { enabled: ['echo', 'calculator', 'timestamp'], policies: {} },
    log,
    metrics.tool,
  )
  const agent = createAgent({ providers, sessions, tools, onTurnEnd: metrics.turn })
  const closing = new AbortController()
  const usage: LedgerRow[] = []
  let requests = 0
  const deps: AppDeps = {
    providers,
    sessions,
    tools,
    agent,
    log,
    metrics,
    settings: () => ({ defaultModel: 'mock', modelEntry: lookupModel }),
    access: createAccess(
      Object.entries(options.keys ?? {}).map(([key, tenant]) => ({ tenant, sha256: sha256(key) })),
    ),
    version: '0.0.0-test',
    isReady: () => true,
    closing: closing.signal,
    cancelTurn: (key, turnId) => void agent.cancel(key, turnId),
    recordUsage: (row) => void usage.push(row),
    page: readPage,
    newRequestId: () => `req_${++requests}`,
    ...options.deps,
  }
  const v1 = createV1(deps)
  const app = createApp(deps, v1)

  /** Sends JSON, or a raw body when it is text, and reads JSON. */
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await app.request(`http://127.0.0.1${path}`, {
      method,
      headers: {
        host: '127.0.0.1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    }
  }
  const createSession = async (body: object = {}, headers: Record<string, string> = {}): Promise<string> => {
    const { status, json } = await call('POST', '/api/sessions', body, headers)
    if (status !== 201) throw new Error(JSON.stringify(json))
    return `/api/sessions/${json.id}`
  }
  const loadApp = async () => app
  return { app, loadApp, v1, agent, deps, call, createSession, lines, usage, close: () => closing.abort() }
}

/** One SSE frame, read by an independent few lines. */
export interface Frame {
  id: number
  event: string
  data: Record<string, unknown>
}

/** The frames of a whole SSE body; comments are left out. */
export const framesOf = (text: string): Frame[] =>
  text
    .replace(/^:.*\n/gm, '')
    .split('\n\n')
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const field = (name: string) =>
        block
          .split('\n')
          .filter((line) => line.startsWith(`${name}: `))
          .map((line) => line.slice(name.length + 2))
          .join('\n')
      return { id: Number(field('id')), event: field('event'), data: JSON.parse(field('data')) }
    })

/** A clock by which no two things happen at once, so that their order is known. */
const createLater = () => {
  let latest = 0
  return () => {
    latest = Math.max(latest + 1, Date.now())
    return latest
  }
}
