import { expect, test } from 'vitest'
import { sha256 } from '../http/auth.ts'
import { ConfigError } from './config-error.ts'
import type { Environment } from './environment.ts'
import { readConfig } from './read-config.ts'

const read = (value: unknown, environment: Environment = {}) =>
  readConfig(environment, { path: '/etc/gateway.config.yaml', value })

/** A reference to a variable, as the file has it. */
const ref = (name: string): string => `\${${name}}`

/** The paths of all faults, in order, and the whole message. */
const faultsOf = (value: unknown, environment: Environment = {}) => {
  try {
    read(value, environment)
  } catch (error) {
    if (error instanceof ConfigError)
      return { paths: error.faults.map(({ path }) => path), message: error.message }
    throw error
  }
  return { paths: [], message: '' }
}

const local = { type: 'openai-compatible', baseURL: 'http://127.0.0.1:11434/v1', models: ['llama4'] }
const target = { provider: 'local', model: 'llama4' }
const withModel = (model: object) => ({ providers: { local }, models: { fast: model } })

test('every fault of file and environment is listed with its place, in one message', () => {
  const file = {
    providers: {
      local: { ...local, baseURL: 'ftp://x' },
      'a/b': { type: 'mock' },
      other: { type: 'azure' },
      main: { type: 'openai', apiKey: ref('NO_SUCH_KEY') },
    },
    models: {
      fast: { strategy: 'random', targets: [{ provider: 'nobody', model: 'm' }, target, target] },
      'my.model': { targets: [] },
    },
    timeouts: { stallMs: 0 },
    catalogue: { llama4: { contextWindow: 1 } },
    tools: { enabled: ['teleport'], policies: { acme: {} } },
    keys: [{ tenant: 'acme' }, { tenant: 'a b', key: 'k' }],
    retries: 3,
  }
  const { paths, message } = faultsOf(file, { PORT: 'x' })
  expect(paths.toSorted()).toEqual(
    [
      'PORT',
      '',
      'catalogue.llama4',
      'keys[0]',
      'keys[1].tenant',
      'models.fast.strategy',
      'models.fast.targets[0].provider',
      'models.fast.targets[2]',
      'models["my.model"].targets',
      'providers.local.baseURL',
      'providers.main.apiKey',
      'providers.other.type',
      'providers["a/b"]',
      'timeouts.stallMs',
      'tools.enabled[0]',
      'tools.policies.acme',
    ].toSorted(),
  )
  expect(message).toContain('the environment variable NO_SUCH_KEY is not set')
  expect(message).toContain('there is no provider "nobody"; there is local, a/b, other, main')
  expect(message).toContain('there is no such setting: "retries"')
  expect(message).toContain('must be one of fallback, round-robin')
})

test('references are replaced anywhere in a text, and never shown', () => {
  const environment = { HOST_PART: '10.0.0.7', SECRET: 'sk-very-secret', PORT_PART: '9000' }
  const provider = {
    ...local,
    baseURL: `http://${ref('HOST_PART')}:${ref('PORT_PART')}/v1`,
    apiKey: ref('SECRET'),
  }
  const config = read({ providers: { local: provider }, port: ref('PORT_PART') }, environment)
  expect(config.port).toBe(9000)
  expect(config.providers).toMatchObject([
    { name: 'local', baseURL: 'http://10.0.0.7:9000/v1', apiKey: 'sk-very-secret' },
  ])
  const model = { targets: [{ provider: `x-${ref('SECRET')}`, model: 'm' }] }
  const { message } = faultsOf({ providers: { local }, models: { fast: model } }, environment)
  expect(message).toContain(`no provider "x-${ref('SECRET')}"`)
  expect(message).not.toContain('sk-very')
  expect(faultsOf({ host: ref('A-B') }).message).toContain('is no name of a variable')
  expect(read({ defaultModel: `$${ref('X')}` }).defaultModel).toBe(ref('X'))
})

test('what is known of a model is read as the catalogue takes it', () => {
  const prices = { input: 1, cacheWrite: 1.25, cacheWrite1h: 2 }
  const { catalogue } = read({
    catalogue: { 'local/slow': { prices, thinking: true, firstTokenMs: 300_000 } },
  })
  expect(catalogue).toEqual({
    'local/slow': { prices, capabilities: { thinking: true }, firstTokenMs: 300_000 },
  })
})

test('a model is read as routers take it', () => {
  const { models } = read(
    withModel({
      strategy: 'task',
      onBreak: 'rescue',
      targets: [{ ...target, weight: 2, tier: 1, tasks: ['code'], timeouts: { stallMs: 5 } }],
      taskRules: [{ task: 'code', match: '\\bFUNCTION\\b' }],
    }),
  )
  expect(models.fast).toMatchObject({ strategy: 'task', onBreak: 'rescue' })
  expect(models.fast?.taskRules?.[0]?.match.test('a function of x')).toBe(true)
  expect(faultsOf(withModel({ targets: [target], taskRules: [{ task: 'x', match: '(' }] })).paths).toEqual([
    'models.fast.taskRules[0].match',
  ])
})

test.for([
  ['default', 'fallback'],
  ['load-balancer', 'round-robin'],
  ['cost-optimised', 'cheapest'],
])('the strategy %s is %s', ([alias, strategy]) => {
  expect(read(withModel({ strategy: alias, targets: [target] })).models.fast?.strategy).toBe(strategy)
})

test('the environment wins where both say the same', () => {
  const file = {
    port: 1,
    host: 'localhost',
    store: 'memory:',
    defaultModel: 'a',
    tools: { enabled: ['echo'] },
  }
  const environment = {
    PORT: '2',
    HOST: '127.0.0.2',
    GATEWAY_STORE: 'sqlite:x.db',
    GATEWAY_DEFAULT_MODEL: 'b',
    GATEWAY_TOOLS: 'timestamp',
  }
  expect(read(file)).toMatchObject({
    port: 1,
    host: 'localhost',
    defaultModel: 'a',
    store: { kind: 'memory' },
  })
  expect(read(file, environment)).toMatchObject({
    port: 2,
    host: '127.0.0.2',
    store: { kind: 'sqlite', path: 'x.db' },
    defaultModel: 'b',
    tools: { enabled: ['timestamp'] },
  })
})

test('the environment fills the gaps of a provider under its usual name, and replaces nothing', () => {
  const environment = { OPENAI_API_KEY: 'env-key', OPENAI_BASE_URL: 'http://env.test/v1', GROQ_API_KEY: 'g' }
  expect(read({ providers: { openai: { type: 'openai' } } }, environment).providers).toMatchObject([
    { name: 'openai', apiKey: 'env-key', baseURL: 'http://env.test/v1' },
    { name: 'groq', apiKey: 'g' },
  ])
  const own = { type: 'openai', apiKey: 'own', baseURL: 'http://own.test/v1' }
  expect(read({ providers: { openai: own } }, environment).providers[0]).toMatchObject(own)
  expect(faultsOf({ providers: { second: { type: 'openai' } } }, environment).paths).toEqual([
    'providers.second.apiKey',
  ])
})

test('targets may name providers that only the environment has', () => {
  const file = { models: { fast: { targets: [{ provider: 'openai', model: 'gpt-5-mini' }] } } }
  expect(read(file, { OPENAI_API_KEY: 'k' }).models.fast?.targets).toHaveLength(1)
  expect(faultsOf(file).paths).toEqual(['models.fast.targets[0].provider'])
})

test('keys are kept as hashes, with what they may ask for', () => {
  const keys = [
    { tenant: 'acme', key: 'one', models: ['fast'], tools: ['echo'] },
    { tenant: 'beta', keySha256: sha256('two').toUpperCase() },
  ]
  expect(read({ keys }, { GATEWAY_API_KEYS: 'c:three' }).keys).toMatchObject([
    { tenant: 'c', sha256: sha256('three') },
    { tenant: 'acme', sha256: sha256('one'), models: ['fast'], tools: ['echo'] },
    { tenant: 'beta', sha256: sha256('two') },
  ])
  expect(faultsOf({ keys }, { GATEWAY_API_KEYS: 'c:two' }).paths).toEqual(['keys[1]'])
  expect(faultsOf({ keys: [keys[0], keys[0]] }).paths).toEqual(['keys[1]'])
  expect(faultsOf({ keys: [{ tenant: 'a', key: 'x y z' }] }).message).not.toContain('x y')
})

test('a host that others reach needs keys, wherever each is said', () => {
  expect(faultsOf({ host: '0.0.0.0' }).paths).toEqual(['host'])
  expect(read({ keys: [{ tenant: 'a', key: 'k' }] }, { HOST: '0.0.0.0' }).host).toBe('0.0.0.0')
})

test('what the catalogue does not know of a model is said in one level', () => {
  const entry = { contextWindow: 131_072, prefill: true, prices: { input: 0, output: 0.5 } }
  expect(read({ catalogue: { 'local/llama4': entry } }).catalogue['local/llama4']).toEqual({
    contextWindow: 131_072,
    prices: { input: 0, output: 0.5 },
    capabilities: { prefill: true },
  })
})

test('thinking can be kept from a server that refuses it', () => {
  const withField = (reasoningField: string) => ({
    providers: { local: { ...local, quirks: { reasoningField } } },
  })
  expect(faultsOf(withField('none')).paths).toEqual([])
  expect(faultsOf(withField('no')).paths).toEqual(['providers.local.quirks.reasoningField'])
})
