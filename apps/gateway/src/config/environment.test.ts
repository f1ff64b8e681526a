import { expect, test } from 'vitest'
import { sha256 } from '../http/auth.ts'
import { readConfig } from './read-config.ts'

test('nothing set is the embedded default', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 8787,
    store: { kind: 'sqlite', path: './data/gateway.db' },
    keys: [],
    providers: [],
    models: {},
    timeouts: undefined,
    retry: undefined,
    breaker: undefined,
    catalogue: {},
    defaultModel: undefined,
    tools: { enabled: ['echo', 'calculator', 'timestamp'], policies: {} },
    logLevel: 'info',
    file: undefined,
    notes: [],
  })
})

test('a base URL without its key is said to have no effect', () => {
  const { notes, providers } = readConfig({
    OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
    ANTHROPIC_API_KEY: 'k',
  })
  expect(notes).toEqual([expect.stringContaining('OPENAI_API_KEY')])
  expect(providers.map(({ name }) => name)).toEqual(['anthropic'])
})

test('an empty variable is an unset one', () => {
  expect(readConfig({ OPENAI_API_KEY: '', PORT: '', GATEWAY_API_KEYS: '' })).toEqual(readConfig({}))
})

test('keys are split at the first colon and kept as hashes', () => {
  expect(readConfig({ GATEWAY_API_KEYS: 'acme:a:b, beta:c' }).keys).toEqual([
    { tenant: 'acme', sha256: sha256('a:b') },
    { tenant: 'beta', sha256: sha256('c') },
  ])
})

test('providers are configured by their own variables', () => {
  expect(
    readConfig({
      CLAUDE_API_KEY: 'k1',
      OPENAI_API_KEY: 'k2',
      OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
      GROQ_API_KEY: 'k3',
    }).providers,
  ).toMatchObject([
    { type: 'anthropic', name: 'anthropic', apiKey: 'k1' },
    { type: 'openai', name: 'openai', apiKey: 'k2', baseURL: 'http://127.0.0.1:1/v1' },
    { type: 'groq', name: 'groq', apiKey: 'k3' },
  ])
  expect(readConfig({ ANTHROPIC_API_KEY: 'a', CLAUDE_API_KEY: 'b' }).providers).toMatchObject([
    { apiKey: 'a' },
  ])
})

test.each([
  ['sqlite:/var/lib/gw.db', { kind: 'sqlite', path: '/var/lib/gw.db' }],
  ['sqlite:./x.db', { kind: 'sqlite', path: './x.db' }],
  ['sqlite:///abs/x.db', { kind: 'sqlite', path: '/abs/x.db' }],
  ['memory:', { kind: 'memory' }],
])('GATEWAY_STORE=%s is understood', (value, store) => {
  expect(readConfig({ GATEWAY_STORE: value }).store).toEqual(store)
})

test('every fault is listed, and no key is shown', () => {
  const environment = {
    PORT: '99999',
    GATEWAY_STORE: 'mysql://x',
    GATEWAY_API_KEYS: 'acme:good-key,oops-secret,beta:good-key',
    OPENAI_BASE_URL: 'localhost:1234',
    OPENAI_API_KEY: 'a key',
    GATEWAY_TOOLS: 'echo,teleport',
    LOG_LEVEL: 'loud',
  }
  expect(() => readConfig(environment)).toThrow(
    /PORT: [\s\S]*GATEWAY_STORE: [\s\S]*GATEWAY_API_KEYS: entry 2[\s\S]*GATEWAY_API_KEYS: entry 3[\s\S]*OPENAI_API_KEY: [\s\S]*OPENAI_BASE_URL: [\s\S]*GATEWAY_TOOLS: .*teleport[\s\S]*LOG_LEVEL: /,
  )
  expect(() => readConfig(environment)).not.toThrow(/secret|good-key|a key/)
})

test('a store that this version does not have is refused by name', () => {
  for (const url of ['redis://localhost', 'postgres://localhost/x']) {
    expect(() => readConfig({ GATEWAY_STORE: url })).toThrow(/no Redis or PostgreSQL/)
  }
})

test('other machines are served only with keys', () => {
  expect(() => readConfig({ HOST: '0.0.0.0' })).toThrow(/GATEWAY_API_KEYS/)
  expect(() => readConfig({ HOST: '::' })).toThrow(/GATEWAY_API_KEYS/)
  expect(readConfig({ HOST: '0.0.0.0', GATEWAY_API_KEYS: 'a:b' }).host).toBe('0.0.0.0')
  for (const host of ['localhost', '::1', '127.0.0.9']) expect(readConfig({ HOST: host }).host).toBe(host)
})
