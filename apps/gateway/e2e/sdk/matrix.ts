import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FakeAnswer, FakeDelivery, RecordedRequest } from '@gateway/provider/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayProcess, startGateway } from '../gateway-process.ts'
import { startUpstream, type UpstreamServer } from '../upstream-server.ts'
import { createAiSdkClients } from './ai-sdk-client.ts'
import { createAnthropicClient } from './anthropic-client.ts'
import { createLangChainClients } from './langchain-client.ts'
import { createOpenAIClient } from './openai-client.ts'
import { clientKey, type SdkAnswer, type SdkClient, type SdkQuestion } from './sdk-client.ts'

export type Dialect = SdkClient['dialect']

/** One cell of the matrix: a client, an upstream, and one of both ways to ask. */
export interface Cell {
  client: SdkClient
  upstream: Dialect
  model: string
  streamed: boolean
  /** Do client and upstream speak the same dialect? */
  native: boolean
  url: string
  /** A text that belongs to this cell: the upstream knows by it whom it answers, so each request must hold one. */
  say(text: string): string
  /** What the upstream answers, one request after the other; the last answer to all further ones. */
  answer(...answers: FakeAnswer[]): void
  deliver(delivery: FakeDelivery): void
  /** Asks in the way of this cell. `model` is the cell's unless it is given. */
  ask(question: Omit<SdkQuestion, 'model'> & { model?: string }, onPart?: () => void): Promise<SdkAnswer>
  /** What the upstream was sent for this cell. */
  requests(): RecordedRequest[]
  /** The body of one of them. */
  // biome-ignore lint/suspicious/noExplicitAny: wire bodies are looked into field by field.
  body(at: number): any
}

/** A row of the matrix. */
export interface Scenario {
  /** Where it makes sense; everywhere when absent. */
  where?: (cell: Pick<Cell, 'client' | 'upstream' | 'streamed' | 'native'>) => boolean
  /** The model of the upstream; plain ones when absent. */
  models?: Partial<Record<Dialect, string>>
  run(cell: Cell): Promise<void>
}

const plainModels: Record<Dialect, string> = {
  'openai-chat': 'gpt-4o',
  'anthropic-messages': 'claude-sonnet-4-6',
}

interface CellState {
  answers: FakeAnswer[]
  delivery: FakeDelivery | undefined
}

/** The cell that a request belongs to. */
const tagOf = ({ text }: RecordedRequest): string => /\[cell \d+\]/.exec(text)?.[0] ?? ''

/** Registers every scenario for each client, upstream and way to ask, against one gateway and one upstream. */
export const runMatrix = (scenarios: Readonly<Record<string, Scenario>>): void => {
  const states = new Map<string, CellState>()
  let upstream: UpstreamServer
  let gateway: GatewayProcess
  let clients: SdkClient[] = []
  const folder = mkdtempSync(join(tmpdir(), 'gateway-sdk-'))

  beforeAll(async () => {
    upstream = await startUpstream({
      script: (request) => {
        const answers = states.get(tagOf(request))?.answers ?? []
        return answers.length > 1 ? answers.shift() : answers[0]
      },
      delivery: (request) => states.get(tagOf(request))?.delivery,
    })
    gateway = await startGateway(folder, { ...upstream.env, GATEWAY_STORE: 'memory:' })
    clients = createClients(gateway.url)
  })
  afterAll(async () => {
    await gateway.end('SIGTERM')
    await upstream.close()
    rmSync(folder, { recursive: true })
  })

  const createCell = (place: Place, tag: string, model: string): Cell => {
    const client = clients.find(({ name }) => name === place.client.name)
    if (client === undefined) throw new Error(`There is no client ${place.client.name}.`)
    const state: CellState = { answers: [], delivery: undefined }
    states.set(tag, state)
    const requests = () => upstream.requests.filter((request) => tagOf(request) === tag)
    return {
      ...place,
      client,
      model,
      url: gateway.url,
      say: (text) => `${text} ${tag}`,
      answer(...answers) {
        state.answers = answers
      },
      deliver(delivery) {
        state.delivery = delivery
      },
      ask: (question, onPart) =>
        place.streamed ? client.stream({ model, ...question }, onPart) : client.ask({ model, ...question }),
      requests,
      body: (at) => requests().at(at)?.body,
    }
  }

  let count = 0
  for (const [name, { where, models, run }] of Object.entries(scenarios)) {
    describe.concurrent(name, () => {
      for (const place of places) {
        if (where !== undefined && !where(place)) continue
        count += 1
        const tag = `[cell ${count}]`
        const model = models?.[place.upstream] ?? plainModels[place.upstream]
        const way = place.streamed ? 'streams' : 'asks'
        test(`${place.client.name} ${way} ${model}`, async () => {
          const cell = createCell(place, tag, model)
          await run(cell)
          // Whatever happened: no credential of a client leaves.
          for (const { headers, text } of cell.requests()) {
            expect(JSON.stringify(headers) + text).not.toContain(clientKey)
          }
        })
      }
    })
  }
}

const createClients = (url: string): SdkClient[] => [
  createOpenAIClient(url),
  createAnthropicClient(url),
  ...createAiSdkClients(url),
  ...createLangChainClients(url),
]

type Place = Pick<Cell, 'client' | 'upstream' | 'streamed' | 'native'>

// Tests are named before there is a gateway; these clients are never asked.
const places: Place[] = createClients('http://127.0.0.1').flatMap((client) =>
  (['openai-chat', 'anthropic-messages'] as const).flatMap((upstream) =>
    [false, true].map((streamed) => ({
      client,
      upstream,
      streamed,
      native: client.dialect === upstream,
    })),
  ),
)
