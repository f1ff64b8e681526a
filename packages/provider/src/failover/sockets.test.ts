import { afterEach, expect, test } from 'vitest'
import { createRecorder } from '../forward/test-support.ts'
import { createProviderManager } from '../manager/provider-manager.ts'
import { createOpenAI } from '../providers/openai.ts'
import { createVirtualClock } from '../resilience/test-support.ts'
import { chunk, createWireServers, transports, type WireRequest } from '../transport/test-support.ts'
import { framesOf } from './frames/test-support.ts'
import { type Act, answers, type Outlet, play } from './script/test-support.ts'
import { hasMarker, toText } from './test-support.ts'

const { serve, closeAll } = createWireServers()
afterEach(closeAll)

/** Plays a script on a socket; `onHang` hears when nothing more will come. */
const playOn = ({ socket, send }: WireRequest, script: readonly Act[], onHang: () => void): void => {
  const isHanging = script.some(({ type }) => type === 'hang')
  const outlet: Outlet = {
    isOver: () => socket.destroyed,
    head(status, headers) {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
      send([`HTTP/1.1 ${status} Whatever`, 'transfer-encoding: chunked', ...lines, '', ''].join('\r\n'))
    },
    data: (bytes) => send(chunk(new TextDecoder().decode(bytes))),
    end: () => send('0\r\n\r\n'),
    fail: () => void socket.resetAndDestroy(),
    after: (_ms, run) => void setTimeout(run, 1),
  }
  play(script, { dialect: 'openai-chat', isStream: true }, outlet)
  if (isHanging) onHang()
}

interface Fault {
  name: string
  script: readonly Act[]
  /** Whose text the client reads, and the error that it is told behind a half. */
  text?: string
  told?: string
  rejects?: string
}

const text = (words: string): Act => ({ type: 'text', text: words })
const status = (code: number, more: Partial<Extract<Act, { type: 'status' }>> = {}): Act[] => [
  { type: 'status', status: code, ...more },
]
const half = { text: 'half' }
const ping = framesOf('openai-chat').ping

const faults: Fault[] = [
  { name: 'a reset before the head', script: [{ type: 'reset' }] },
  { name: 'a reset behind the head', script: [{ type: 'head' }, { type: 'reset' }] },
  {
    name: 'a reset in the middle',
    script: [text('half'), { type: 'wait', ms: 1 }, { type: 'reset' }],
    ...half,
    told: 'network',
  },
  { name: 'silence before the head', script: [{ type: 'hang' }] },
  { name: 'silence behind the head', script: [{ type: 'head' }, { type: 'hang' }] },
  { name: 'nothing but pings', script: [{ type: 'raw', text: ping.repeat(9) }, { type: 'hang' }] },
  { name: 'a stall', script: [text('half'), { type: 'hang' }], ...half, told: 'timeout' },
  {
    name: 'a drip that stops',
    script: [text('half'), { type: 'drip', text: 'data: ', ms: 1 }, { type: 'hang' }],
    ...half,
    told: 'timeout',
  },
  {
    name: 'an end without its marker',
    script: [text('half'), { type: 'end' }],
    ...half,
    told: 'bad-response',
  },
  {
    name: 'a malformed event',
    script: [text('wh'), { type: 'raw', text: 'data: {"cho\n\n' }, text('ole'), { type: 'finish' }],
    text: 'whole',
  },
  { name: '429 in seconds', script: status(429, { headers: { 'retry-after': '60' } }) },
  { name: '429 without a word', script: status(429) },
  { name: '500', script: status(500) },
  { name: '502', script: status(502) },
  { name: '503', script: status(503) },
  { name: '529', script: status(529) },
  { name: 'a prompt that is too long', script: status(400, { error: 'context_length_exceeded' }) },
  { name: 'a content filter', script: status(400, { error: 'content_filter' }), rejects: 'content-filter' },
  { name: 'a page', script: [{ type: 'other', contentType: 'text/html', body: '<html>' }] },
  { name: 'a wrong type', script: [{ type: 'other', contentType: 'application/octet-stream', body: 'x' }] },
  { name: 'an error before any content', script: [{ type: 'error-event', error: 'server_error' }] },
  {
    name: 'an error behind content',
    script: [text('half'), { type: 'error-event', error: 'server_error' }],
    ...half,
    told: 'overloaded',
  },
]

for (const [kind, make] of transports) {
  /** Asks a target at `broken` and then one that is well; time only moves where nothing will come any more. */
  const askBoth = async (broken: string, well: string, hung?: Promise<void>) => {
    const clock = createVirtualClock()
    const transport = make()
    const options = { apiKey: 'sk-own-0123456789', transport }
    const model = 'gpt-4.1'
    const manager = createProviderManager({
      providers: [
        createOpenAI({ ...options, name: 'p1', baseURL: `${broken}/v1` }),
        createOpenAI({ ...options, name: 'p2', baseURL: `${well}/v1` }),
      ],
      models: {
        fast: {
          targets: [
            { provider: 'p1', model },
            { provider: 'p2', model },
          ],
        },
      },
      // How the same target is asked again is shown elsewhere; here it would need time to pass.
      retry: { attempts: 0 },
      clock,
    })
    const client = createRecorder()
    const { data } = client
    const told = Promise.withResolvers<void>()
    client.data = (bytes) => {
      told.resolve()
      return data(bytes)
    }
    const value = { model: 'fast', messages: [{ role: 'user', content: 'Hi' }], stream: true }
    const body = new TextEncoder().encode(JSON.stringify(value))
    const done = manager
      .forward({ dialect: 'openai-chat', body, value }, client, { requestId: 'r', heartbeatMs: 0 })
      .then(
        (report) => ({ report, error: undefined }),
        (error: unknown) => ({ report: undefined, error }),
      )
    if (hung !== undefined) await hung
    return { clock, client, told: told.promise, done }
  }

  test.for(faults)(`over a socket, by ${kind}: $name`, async ({ script, text: words, told, rejects }) => {
    const hung = Promise.withResolvers<void>()
    const hangs = script.some(({ type }) => type === 'hang')
    const broken = await serve((request) => playOn(request, script, hung.resolve))
    const well = await serve((request) => playOn(request, answers('well'), () => {}))
    const asked = await askBoth(broken.origin, well.origin, hangs ? hung.promise : undefined)
    if (hangs) {
      // What was sent before the silence has to be there first.
      if (words !== undefined) await asked.told
      await asked.clock.advance(120_000)
    }
    const { report, error } = await asked.done
    expect(asked.clock.pending()).toBe(0)
    if (rejects !== undefined) {
      expect(error).toMatchObject({ code: rejects })
      expect([broken.requests.length, well.requests.length]).toEqual([1, 0])
      return
    }
    expect(error).toBeUndefined()
    expect(toText(asked.client.text())).toBe(words ?? 'well')
    expect(report?.error?.code).toBe(told)
    expect(hasMarker(asked.client.text())).toBe(told === undefined)
    expect([broken.requests.length, well.requests.length]).toEqual([1, words === undefined ? 1 : 0])
  })

  test(`over a socket, by ${kind}: nobody is there`, async () => {
    const gone = await serve()
    await gone.close()
    const well = await serve((request) => playOn(request, answers('well'), () => {}))
    const { client, done, clock } = await askBoth(gone.origin, well.origin)
    expect((await done).report).toMatchObject({ provider: 'p2', attempts: 2 })
    expect([toText(client.text()), clock.pending()]).toEqual(['well', 0])
  })
}
