import { expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { sha256 } from './http/auth.ts'

test('nothing set is the embedded default', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 8787,
    store: { kind: 'sqlite', path: './data/gateway.db' },
    keys: [],
    anthropic: undefined,
    openai: undefined,
    groq: undefined,
    defaultModel: undefined,
    tools: ['echo', 'calculator', 'timestamp'],
    logLevel: 'info',
    notes: [],
  })
})

test('a base URL without its key is said to have no effect', () => {
  const { notes, openai } = readConfig({ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', ANTHROPIC_API_KEY: 'k' })
  expect({ notes, openai }).toEqual({ notes: [expect.stringContaining('OPENAI_API_KEY')], openai: undefined })
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
    }),
  ).toMatchObject({
    groq: { apiKey: 'k3' },
    anthropic: { apiKey: 'k1' },
    openai: { apiKey: 'k2', baseURL: 'http://127.0.0.1:1/v1' },
  })
  expect(readConfig({ ANTHROPIC_API_KEY: 'a', CLAUDE_API_KEY: 'b' }).anthropic?.apiKey).toBe('a')
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
    GATEWAY_CONFIG: './gateway.yaml',
    LOG_LEVEL: 'loud',
  }
  expect(() => readConfig(environment)).toThrow(
    /PORT: [\s\S]*GATEWAY_STORE: [\s\S]*GATEWAY_API_KEYS: entry 2[\s\S]*GATEWAY_API_KEYS: entry 3[\s\S]*OPENAI_BASE_URL: [\s\S]*GATEWAY_CONFIG: [\s\S]*LOG_LEVEL: /,
  )
  expect(() => readConfig(environment)).not.toThrow(/secret|good-key/)
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
