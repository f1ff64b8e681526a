import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from './load-config.ts'
import { findConfigFile, parseConfigFile } from './parse-file.ts'

/** A directory with these files. */
const directory = async (files: Record<string, string>): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'gateway-config-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text)
  return dir
}

const model = `{ strategy: 'weighted', targets: [{ provider: 'mock', model: 'mock', weight: 2 }] }`

test.for([
  [
    'gateway.config.yaml',
    'providers: { mock: { type: mock } }\nmodels:\n  fast:\n    strategy: weighted\n    targets: [ { provider: mock, model: mock, weight: 2 } ]\n',
  ],
  [
    'gateway.config.json',
    `{\n\t"providers": {\n\t\t"mock": { "type": "mock" }\n\t},\n\t"models": { "fast": ${model.replaceAll("'", '"').replaceAll(/(\w+):/g, '"$1":')} }\n}\n`,
  ],
  [
    'gateway.config.ts',
    `interface Own { x: string }\nexport default { providers: { mock: { type: 'mock' } }, models: { fast: ${model} } } satisfies object\n`,
  ],
  [
    'gateway.config.mjs',
    `export default { providers: { mock: { type: 'mock' } }, models: { fast: ${model} } }\n`,
  ],
] as const)('%s is found, read and understood', async ([name, text]) => {
  const dir = await directory({ [name]: text })
  const config = await loadConfig({}, dir)
  expect(config.file).toBe(join(dir, name))
  expect(config.models.fast).toEqual({
    strategy: 'weighted',
    targets: [{ provider: 'mock', model: 'mock', weight: 2 }],
  })
})

test('without a file there is none, and an empty one says nothing', async () => {
  expect(await findConfigFile(undefined, await directory({}))).toBeUndefined()
  const dir = await directory({ 'gateway.config.yaml': '# nothing yet\n' })
  expect(await loadConfig({}, dir)).toMatchObject({ port: 8787, file: join(dir, 'gateway.config.yaml') })
})

test('GATEWAY_CONFIG names another file, which has to be there and of a known kind', async () => {
  const dir = await directory({ 'own.yml': 'port: 1\n', 'gateway.config.yaml': 'port: 2\n', 'own.toml': '' })
  expect((await loadConfig({ GATEWAY_CONFIG: 'own.yml' }, dir)).port).toBe(1)
  await expect(loadConfig({ GATEWAY_CONFIG: 'none.yml' }, dir)).rejects.toThrow(/none\.yml: does not exist/)
  await expect(loadConfig({ GATEWAY_CONFIG: 'own.toml' }, dir)).rejects.toThrow(/must end in \.yaml/)
})

test('two files are one too many', async () => {
  const dir = await directory({ 'gateway.config.yaml': '', 'gateway.config.json': '{}' })
  await expect(loadConfig({}, dir)).rejects.toThrow(/gateway\.config\.yaml, gateway\.config\.json: keep one/)
})

test.for([
  ['a.yaml', 'keys:\n  - { tenant: a, key: sk-secret\nx: 1\n', /a\.yaml:\d+:\d+: cannot be read: /],
  ['a.yaml', 'port: 1\nport: 2\n', /a\.yaml:2:1: cannot be read: duplicate key/],
  ['a.json', '{ "providers": { "p": { "apiKey": "sk-secret" }, "p": {} } }', /duplicate key/],
  ['a.json', '{ "apiKey": "sk-secret", ', /a\.json:1:\d+: cannot be read/],
  ['a.yaml', `providers: { x: { apiKey: \${SECRET} } }\n`, /needs quotes: "\$\{NAME\}"/],
  ['a.mjs', 'export const config = {}', /export default/],
  ['a.mjs', 'throw new Error("no such thing")', /cannot be run: no such thing/],
] as const)('a %s that cannot be read is said without quoting it', async ([name, text, said]) => {
  const dir = await directory({ [name]: text })
  const failure = parseConfigFile(join(dir, name), '1')
  await expect(failure).rejects.toThrow(said)
  await expect(failure).rejects.not.toThrow(/sk-secret/)
})

test('code is run again when it is read again', async () => {
  const dir = await directory({ 'gateway.config.mjs': 'export default { port: 1 }' })
  expect((await loadConfig({}, dir)).port).toBe(1)
  await writeFile(join(dir, 'gateway.config.mjs'), 'export default { port: 2 }')
  expect((await loadConfig({}, dir)).port).toBe(2)
})
