import { afterEach, describe, expect, test } from 'vitest'
import { createProviderManager, type ProviderManager } from '../manager/provider-manager.ts'
import { createAnthropic } from '../providers/anthropic.ts'
import { createOpenAI } from '../providers/openai.ts'
import type { ForwardSink } from '../types/forward.ts'
import type { JsonObject, JsonValue } from '../types/json.ts'
import type { ClientDialectName } from '../types/message.ts'
import type { Provider } from '../types/provider.ts'
import type { TransportSink } from '../types/transport.ts'
import { createWireServers, transports, type WireRequest, type WireServer, whole } from './test-support.ts'

/*
 * What a request carries never decides where it goes: base URLs come from options alone. A canary listens where every
 * field and header would send it, and must not be reached.
 */

const { serve, closeAll } = createWireServers()
afterEach(closeAll)

const json = 'content-type: application/json'
const answers = {
  '/base/chat/completions': JSON.stringify({
    id: 'c1',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  }),
  '/base/v1/messages': JSON.stringify({
    id: 'm1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text: 'ok' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 1, output_tokens: 1 },
  }),
}
const respond = ({ head, send }: WireRequest) => {
  const path = head.split(' ')[1] ?? ''
  const body = Object.entries(answers).find(([known]) => known === path)?.[1]
  send(body === undefined ? whole('404 Not Found', '') : whole('200 OK', body, json))
}

interface Scene {
  upstream: WireServer
  canary: WireServer
  manager: ProviderManager
  providers: [Provider, Provider]
}

const secrets = { openai: 'sk-own-openai-1', anthropic: 'sk-own-anthropic-1' }

const createScene = async (make: () => Parameters<typeof createOpenAI>[0]['transport']): Promise<Scene> => {
  const upstream = await serve(respond)
  const canary = await serve()
  const transport = make()
  const baseURL = `${upstream.origin}/base`
  const providers: Scene['providers'] = [
    createOpenAI({ apiKey: secrets.openai, baseURL, transport }),
    createAnthropic({ apiKey: secrets.anthropic, baseURL, transport }),
  ]
  return { upstream, canary, manager: createProviderManager({ providers }), providers }
}

/** Forwards a body; settles on the upstream's request, whatever becomes of the answer. */
const forward = async (
  { manager, upstream }: Scene,
  dialect: ClientDialectName,
  value: JsonObject,
  headers: Record<string, string> = {},
): Promise<WireRequest | undefined> => {
  const sink: ForwardSink = { head: () => {}, data: () => true, ready: async () => {}, end: () => {} }
  const before = upstream.requests.length
  const body = new TextEncoder().encode(JSON.stringify(value))
  await manager.forward({ dialect, body, value, headers }, sink, { requestId: 'r' }).catch(() => {})
  expect(upstream.requests.length).toBeLessThanOrEqual(before + 1)
  return upstream.requests[before]
}

const routes = [
  ['openai-chat', 'openai', '/base/chat/completions'],
  ['openai-chat', 'anthropic', '/base/v1/messages'],
  ['anthropic-messages', 'anthropic', '/base/v1/messages'],
  ['anthropic-messages', 'openai', '/base/chat/completions'],
] as const

const targetFields = ['api_base', 'base_url', 'baseURL', 'endpoint', 'proxy', 'host', 'organization', 'url']
const headerFields = ['headers', 'extra_headers', 'default_headers']

/** Every field that another system took as a target, once. */
const bait = (canary: string): JsonObject => ({
  ...Object.fromEntries(targetFields.map((field) => [field, canary])),
  ...Object.fromEntries(headerFields.map((field) => [field, { host: canary, 'x-bait': canary }])),
})

/** The bait at every level that a request has. */
const baited = (canary: string, model: string): JsonObject => {
  const hook = bait(canary)
  const schema: JsonValue = { type: 'object', properties: {}, ...hook }
  return {
    ...hook,
    model,
    max_tokens: 5,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', ...hook }], ...hook }],
    tools: [{ type: 'function', function: { name: 'f', parameters: schema, ...hook }, ...hook }],
    metadata: { user_id: 'u', ...Object.fromEntries(targetFields.map((field) => [field, canary])) },
    extra_body: { ...hook, extra_body: hook },
    litellm_params: hook,
    provider: hook,
  }
}

describe.each(transports)('%s', (_name, make) => {
  test.for(routes)('%s to %s: no field of a request moves it', async ([dialect, provider, path]) => {
    const scene = await createScene(make)
    const { upstream, canary } = scene
    const body = baited(canary.origin, `${provider}/m`)
    const tools =
      dialect === 'anthropic-messages' ? [{ name: 'f', input_schema: { type: 'object' } }] : body.tools
    const request = await forward(scene, dialect, { ...body, ...(tools && { tools }) })
    expect(request?.head).toMatch(new RegExp(`^POST ${path} HTTP/1\\.1\r\n`))
    expect(request?.head).toMatch(new RegExp(`^host: ${upstream.origin.slice(7)}$`, 'im'))
    expect(request?.head).not.toContain(canary.origin)
    expect(request?.head).not.toContain('x-bait')
    expect(canary.connections()).toBe(0)
  })

  test.for(routes)('%s to %s: nor does a header, and no credential of a client leaves', async (route) => {
    const [dialect, provider, path] = route
    const scene = await createScene(make)
    const { upstream, canary } = scene
    const url = canary.origin
    const secret = 'client-secret'
    const headers = {
      ...{ host: url.slice(7), forwarded: `host=${url}`, via: `1.1 ${url}`, 'x-forwarded-host': url },
      ...{
        'x-forwarded-for': url,
        'x-forwarded-proto': 'https',
        'x-real-ip': url,
        'proxy-authorization': secret,
      },
      ...{ authorization: `Bearer ${secret}`, 'x-api-key': secret, 'api-key': secret, cookie: `a=${secret}` },
      ...{ 'openai-organization': url, 'openai-project': url, 'x-portkey-custom-host': url, 'api-base': url },
      ...{
        'x-base-url': url,
        'x-target-url': url,
        'x-original-url': '/admin',
        'x-http-method-override': 'GET',
      },
      ...{ 'transfer-encoding': 'chunked', 'content-length': '1', connection: 'x-api-key', upgrade: 'h2c' },
    }
    const model = `${provider}/m`
    const request = await forward(
      scene,
      dialect,
      { model, max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] },
      headers,
    )
    expect(request?.head).toMatch(new RegExp(`^POST ${path} HTTP/1\\.1\r\n`))
    expect(request?.head).toMatch(new RegExp(`^host: ${upstream.origin.slice(7)}$`, 'im'))
    expect(request?.head).toContain(provider === 'openai' ? `Bearer ${secrets.openai}` : secrets.anthropic)
    for (const trace of [secret, canary.origin.slice(7), '/admin', 'h2c', 'chunked']) {
      expect(request?.head).not.toContain(trace)
    }
    expect(canary.connections()).toBe(0)
  })

  test('a model whose name could end a line is asked of nobody', async () => {
    const scene = await createScene(make)
    for (const name of ['x\r\nhost: evil.test', '\0']) {
      for (const [dialect, provider] of routes) {
        const body = {
          model: `${provider}/${name}`,
          max_tokens: 5,
          messages: [{ role: 'user', content: 'Hi' }],
        }
        expect(await forward(scene, dialect, body)).toBeUndefined()
      }
    }
  })

  test('a model may have any name: it stands in the body and nowhere else', async () => {
    const scene = await createScene(make)
    const { canary, upstream } = scene
    const names = [
      ...['../../admin', '..%2f..%2fadmin', 'x#y', 'x?y=1', 'x y', 'é', '@evil.test'],
      ...[canary.origin, `//${canary.origin.slice(7)}`, `m@${canary.origin.slice(7)}`, '\\\\evil.test\\x'],
    ]
    for (const name of names) {
      for (const [dialect, provider, path] of routes) {
        const body = {
          model: `${provider}/${name}`,
          max_tokens: 5,
          messages: [{ role: 'user', content: 'Hi' }],
        }
        const request = await forward(scene, dialect, body)
        expect(request?.head.split('\r\n')[0]).toBe(`POST ${path} HTTP/1.1`)
        expect(request?.head.match(/^host: .*$/gim)).toEqual([
          expect.stringMatching(new RegExp(`: ${upstream.origin.slice(7)}$`)),
        ])
        const sent: { model?: string } = JSON.parse(Buffer.from(request?.body ?? '', 'latin1').toString())
        expect(sent.model).toBe(name)
      }
    }
    expect(canary.connections()).toBe(0)
  })

  test('what a message points at is not fetched', async () => {
    const scene = await createScene(make)
    const url = `${scene.canary.origin}/image.png`
    const chat = [
      { type: 'image_url', image_url: { url } },
      { type: 'text', text: url },
    ]
    const own = [
      { type: 'image', source: { type: 'url', url } },
      { type: 'document', source: { type: 'url', url } },
    ]
    for (const [dialect, provider] of routes) {
      const content = dialect === 'openai-chat' ? chat : own
      const messages = [{ role: 'user', content }]
      await forward(scene, dialect, { model: `${provider}/m`, max_tokens: 5, messages })
    }
    expect(scene.upstream.requests.length).toBeGreaterThanOrEqual(3)
    expect(scene.canary.connections()).toBe(0)
  })

  test('no way of asking follows a redirect', async () => {
    const canary = await serve()
    const upstream = await serve(({ send }) =>
      send(whole('307 Elsewhere', '', `location: ${canary.origin}/x`)),
    )
    const transport = make()
    const baseURL = upstream.origin
    const request = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] }
    const body = new Uint8Array()
    for (const provider of [
      createOpenAI({ apiKey: 'sk-1', baseURL, transport }),
      createAnthropic({ apiKey: 'sk-1', baseURL, transport }),
    ]) {
      const errors: unknown[] = []
      const sink: TransportSink = {
        head: (status) => errors.push(`head ${status}`),
        data: () => true,
        end: () => errors.push('end'),
        error: (error) => errors.push(error),
      }
      const [dialect = 'mock'] = provider.dialects
      await expect(provider.complete(request)).rejects.toMatchObject({ status: 307 })
      await expect(provider.stream(request)).rejects.toMatchObject({ status: 307 })
      await provider.forward(dialect, body, sink)
      await provider.embed?.(body, sink)
      await provider.countTokens?.(body, sink)
      const redirect = expect.objectContaining({ name: 'ProviderError', status: 307 })
      expect(errors).toEqual([redirect, redirect])
    }
    expect(upstream.requests).toHaveLength(8)
    expect(canary.connections()).toBe(0)
  })

  test("a call's header cannot begin another one, nor a second request", async () => {
    const { upstream, providers } = await createScene(make)
    const request = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] }
    for (const provider of providers) {
      for (const headers of [
        { 'x-a': 'b\r\nx-evil: 1' },
        { 'x-a': 'b\n\nGET /admin HTTP/1.1' },
        { 'x-a\r\nx-evil': '1' },
        { 'x-a: b\r\nx-evil': '1' },
      ]) {
        await expect(provider.complete(request, { headers })).rejects.toMatchObject({
          code: 'invalid-request',
        })
      }
    }
    expect(upstream.requests).toEqual([])
  })
})
