import { expect } from 'vitest'
import type { ProviderErrorCode } from '../errors.ts'
import { toClientError } from '../forward/client-error.ts'
import { createRecorder, type Recorder } from '../forward/test-support.ts'
import { lendTo } from '../http/test-support.ts'
import { createProviderManager, type ProviderManagerOptions } from '../manager/provider-manager.ts'
import { createAnthropic } from '../providers/anthropic.ts'
import { createOpenAI } from '../providers/openai.ts'
import type { TargetHealth } from '../resilience/health.ts'
import { createVirtualClock, type VirtualClock } from '../resilience/test-support.ts'
import type { AttemptRecord } from '../resilience/walk.ts'
import type { ModelRoute } from '../routing/route.ts'
import type { ForwardOptions, ForwardReport } from '../types/forward.ts'
import type { JsonObject } from '../types/json.ts'
import type { ClientDialectName } from '../types/message.ts'
import type { Transport } from '../types/transport.ts'
import { type Act, type Outlet, play } from './script/test-support.ts'

/*
 * For this package's own tests; nothing here is exported or built.
 */

/** What a target does, attempt by attempt, the last script for all further ones; or by the time of its clock. */
export type Scripts = readonly (readonly Act[])[] | ((now: number) => readonly Act[])

/** What one upstream was asked. */
interface FaultUpstream {
  transport: Transport
  /** The bodies of the requests. */
  requests: JsonObject[]
}

/** An upstream that plays one script per attempt, in the dialect that it is asked in. */
const createFaultUpstream = (clock: VirtualClock, scripts: Scripts): FaultUpstream => {
  const requests: JsonObject[] = []
  const transport: Transport = {
    dispatch: (request, owner, signal) =>
      new Promise((resolve) => {
        const sink = lendTo(owner)
        const body: JsonObject = JSON.parse(
          typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body),
        )
        const script = scriptOf(scripts, requests.length, clock.now())
        requests.push(body)
        let cancel = () => {}
        let isOver = false
        const over = (tell: () => void) => {
          if (isOver) return
          isOver = true
          cancel()
          signal?.removeEventListener('abort', onAbort)
          tell()
          resolve()
        }
        const onAbort = () => over(() => sink.error(signal?.reason))
        signal?.addEventListener('abort', onAbort, { once: true })
        const outlet: Outlet = {
          isOver: () => isOver,
          head: (status, headers) => sink.head(status, headers),
          data: (bytes) => void sink.data(bytes),
          end: () => over(() => sink.end()),
          fail: (code) => over(() => sink.error(Object.assign(new Error(code), { code }))),
          after(ms, run) {
            cancel = clock.schedule(ms, run)
          },
        }
        const dialect = request.url.endsWith('/messages') ? 'anthropic-messages' : 'openai-chat'
        play(script, { dialect, isStream: body.stream === true }, outlet)
      }),
  }
  return { transport, requests }
}

const scriptOf = (scripts: Scripts, attempt: number, now: number): readonly Act[] =>
  typeof scripts === 'function' ? scripts(now) : (scripts[Math.min(attempt, scripts.length - 1)] ?? [])

/** What a request to two targets came to. */
export interface Outcome {
  client: Recorder
  /** The text that the client read, whatever its dialect. */
  text: string
  /** The status that a client is told: the answer's own, or that of the error that `forward` rejected with. */
  status: number | undefined
  report: ForwardReport | undefined
  error: unknown
  /** How often each target was asked. */
  asked: number[]
  requests: JsonObject[][]
  /** As it was at the end of the request. */
  health: TargetHealth[]
  records: AttemptRecord[]
}

/** One cell: who asks, whom, and how. */
export interface Cell {
  client: ClientDialectName
  /** What the two targets speak. */
  upstream: ClientDialectName
  isStream: boolean
}

/** What may differ from one request to the next. */
export interface CellOptions {
  route?: Partial<ModelRoute> | undefined
  manager?: Partial<ProviderManagerOptions> | undefined
  call?: Partial<ForwardOptions> | undefined
  body?: JsonObject | undefined
  /** How far time goes on after the request, in milliseconds; by default beyond every limit. */
  advanceMs?: number | undefined
}

const models = { 'openai-chat': 'gpt-4.1', 'anthropic-messages': 'claude-sonnet-4-5' } as const

/** Two targets of one dialect, each of a provider of its own, before one manager on a virtual clock. */
export const createPair = (cell: Cell, scripts: readonly Scripts[], options: CellOptions = {}) => {
  const clock = createVirtualClock()
  const records: AttemptRecord[] = []
  const upstreams = scripts.map((script) => createFaultUpstream(clock, script))
  const create = cell.upstream === 'openai-chat' ? createOpenAI : createAnthropic
  const model = models[cell.upstream]
  const names = upstreams.map((_, at) => `p${at + 1}`)
  const manager = createProviderManager({
    providers: upstreams.map(({ transport }, at) =>
      create({ name: `p${at + 1}`, apiKey: 'sk-own-0123456789', transport, now: clock.now }),
    ),
    models: { fast: { targets: names.map((provider) => ({ provider, model })), ...options.route } },
    clock,
    random: () => 0.5,
    now: () => 0,
    generateId: () => 'gen',
    onAttempt: (record) => records.push(record),
    ...options.manager,
  })
  const body = (): JsonObject => ({
    model: 'fast',
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: 100,
    stream: cell.isStream,
    ...options.body,
  })
  const send = (client: Recorder, signal?: AbortSignal) => {
    const value = body()
    return manager.forward(
      { dialect: cell.client, body: new TextEncoder().encode(JSON.stringify(value)), value, headers: {} },
      client,
      { requestId: 'req_1', heartbeatMs: 0, signal, ...options.call },
    )
  }
  return { clock, records, upstreams, manager, names, send, model }
}

/** Sends one request, lets time run, and says what came of it. No timer may be left. */
export const run = async (
  cell: Cell,
  scripts: readonly Scripts[],
  options: CellOptions = {},
): Promise<Outcome> => {
  const { clock, records, upstreams, manager, names, send, model } = createPair(cell, scripts, options)
  const client = createRecorder()
  let report: ForwardReport | undefined
  let error: unknown
  let health: TargetHealth[] = []
  const done = send(client)
    .then(
      (its) => {
        report = its
      },
      (thrown: unknown) => {
        error = thrown
      },
    )
    .finally(() => {
      const book = new Map(manager.health().map((entry) => [entry.target, entry.health]))
      health = names.flatMap((name) => book.get(`${name}/${model}`) ?? [])
    })
  await clock.advance(options.advanceMs ?? 2_000_000)
  await done
  expect(clock.pending(), 'timers that are left').toBe(0)
  const rejected = error as Parameters<typeof toClientError>[0] | undefined
  return {
    client,
    text: toText(client.text()),
    status: client.status ?? (rejected && toClientError(rejected, 'req_1').status),
    report,
    error,
    asked: upstreams.map(({ requests }) => requests.length),
    requests: upstreams.map(({ requests }) => requests),
    health,
    records,
  }
}

/** The text in an answer of either dialect, streamed or not. What cannot be read holds none. */
export const toText = (answer: string): string => {
  const documents = answer.startsWith('{')
    ? [answer]
    : [...answer.matchAll(/^data: ?(.*)$/gm)].map(([, data]) => data ?? '')
  return documents.map((document) => textOf(toValue(document))).join('')
}

const toValue = (document: string): unknown => {
  try {
    return JSON.parse(document)
  } catch {
    // `[DONE]`, and the broken events that tests send.
    return undefined
  }
}

interface Readable {
  choices?: { delta?: { content?: string | null }; message?: { content?: string | null } }[]
  delta?: { text?: string }
  content?: { text?: string }[]
}

const textOf = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return ''
  const { choices, delta, content } = value as Readable
  const chat = choices?.map((choice) => choice.delta?.content ?? choice.message?.content ?? '')
  return [...(chat ?? []), delta?.text ?? '', ...(content ?? []).map(({ text }) => text ?? '')].join('')
}

/** All the ways of asking two targets. */
export const cells: readonly Cell[] = (['openai-chat', 'anthropic-messages'] as const).flatMap((client) =>
  (['openai-chat', 'anthropic-messages'] as const).flatMap((upstream) =>
    [true, false].map((isStream) => ({ client, upstream, isStream })),
  ),
)

/** For the titles of tests. */
export const toTitle = ({ client, upstream, isStream }: Cell): string =>
  `${client} ${client === upstream ? 'relayed' : `over ${upstream}`}, ${isStream ? 'streamed' : 'whole'}`

/** Does a streamed answer end with its dialect's own marker of a whole one? */
export const hasMarker = (answer: string): boolean =>
  /^data: \[DONE\]$/m.test(answer) || answer.includes('"type":"message_stop"')

/** What the client ends up with, and how often each target was asked for it. */
export type End =
  /** The first target's answer, or the second's; whole and marked as such. */
  | { answer: 'first' | 'second'; asked: [number, number] }
  /** Half of an answer, and an error in its stream. */
  | { told: ProviderErrorCode; asked: [number, number] }
  /** An error with a status; nothing was written before it. */
  | { status: number; code: ProviderErrorCode; asked: [number, number] }

/** Was the answer what it should be: status, headers, text, marker, error, and how often each target was asked? */
export const checkEnd = (
  end: End,
  cell: Pick<Cell, 'isStream'>,
  outcome: Omit<Outcome, 'requests' | 'health'>,
): void => {
  const { client, report, error, asked, status: seen } = outcome
  const attempts = asked.reduce((sum, count) => sum + count, 0)
  expect(asked).toEqual(end.asked)
  expect(outcome.records).toHaveLength(attempts)
  if ('status' in end) {
    expect(seen).toBe(end.status)
    expect(error).toMatchObject({ code: end.code, attempts: attempts, provider: 'p1' })
    expect(client.status, 'a head before the error').toBeUndefined()
    return
  }
  expect(error).toBeUndefined()
  expect([client.status, client.ended]).toEqual([200, true])
  const isFirst = 'told' in end || end.answer === 'first'
  expect(client.headers).toMatchObject({
    'x-gateway-provider': isFirst ? 'p1' : 'p2',
    'x-gateway-model': report?.model,
    'x-gateway-attempts': String(attempts),
  })
  expect(report?.attempts).toBe(attempts)
  const isTold = 'told' in end
  expect(report?.error?.code).toBe(isTold ? end.told : undefined)
  // A truncated answer is never a success.
  if (cell.isStream) expect(hasMarker(client.text())).toBe(!isTold)
  if (isTold) expect(client.text()).toContain('"error"')
  else expect(outcome.text).toBe(isFirst ? 'first answer' : 'second answer')
}
