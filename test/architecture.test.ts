import { expect, test } from 'vitest'
import { findDeclarationFaults } from './architecture/declarations.ts'
import { findForeignEdges } from './architecture/edges.ts'
import {
  findBannedHabits,
  findHosts,
  findLongConfigs,
  findLongFiles,
  findMachinePaths,
  findStraySchemas,
} from './architecture/files.ts'
import { findLicenceFaults, findManifestDrift } from './architecture/manifests.ts'
import { findProviderNames, type NamedPlace } from './architecture/names.ts'
import { findNodeGlobals, findNodeModules } from './architecture/neutrality.ts'
import { findReadmeFaults } from './architecture/readme.ts'
import { findRequirementDrift } from './architecture/requirements.ts'
import {
  isTest,
  type Member,
  readBuilt,
  readFiles,
  readLibraries,
  readMembers,
  readOptional,
  type TextFile,
} from './architecture/workspace.ts'

const libraries = readLibraries()
const members = readMembers()
const ownTests = readFiles('test', (path) => path.endsWith('.ts'))
const allFiles = [...members.flatMap(({ files }) => files), ...ownTests]

/** Where code outside a provider's own files may name it. */
const namedPlaces: readonly NamedPlace[] = [
  { path: 'apps/gateway/src/compose/providers.ts', why: 'the composition root makes them' },
  { path: 'apps/gateway/src/config/config.ts', why: 'what an operator may say of each' },
  { path: 'apps/gateway/src/config/environment.ts', why: 'their variables of the environment' },
  { path: 'apps/gateway/src/config/provider-schema.ts', why: 'the types of providers in the file' },
  {
    path: 'apps/gateway/src/config/read-config.ts',
    why: 'joins what the environment and the file say of each',
  },
  { path: 'apps/gateway/src/openapi/headers.ts', why: 'a header that one contract asks for' },
  { path: 'apps/gateway/src/openapi/v1-operations.ts', why: 'the references of the contracts' },
  { path: 'apps/gateway/src/v1/contracts.ts', why: 'the contracts that clients speak' },
  { path: 'packages/provider/src/catalogue/built-in.ts', why: 'gathers the data of each' },
  { path: 'packages/provider/src/catalogue/groq-models.ts', why: 'models of another maker that it hosts' },
  { path: 'packages/provider/src/dialects/client-dialects.ts', why: 'gathers the dialects of clients' },
  { path: 'packages/provider/src/http/headers.ts', why: 'the headers that carry the credentials of each' },
  { path: 'packages/provider/src/index.ts', why: 'the public face exports each' },
  { path: 'packages/provider/src/providers/chat-provider.ts', why: 'the dialect that most of them speak' },
  { path: 'packages/provider/src/providers/groq.ts', why: 'the path of its API names that dialect' },
  { path: 'packages/provider/src/testing/apis.ts', why: 'gathers the fake of each' },
  { path: 'packages/provider/src/types/message.ts', why: 'the names of the dialects' },
  {
    path: 'packages/tokenizer/src/models.ts',
    why: 'the prefix of one under which another host lists its models',
  },
]

const required = (path: string): TextFile => {
  const file = readOptional(path)
  if (file === undefined) throw new Error(`${path} does not exist.`)
  return file
}

const sourcesOf = ({ dir, files }: Member): TextFile[] =>
  files.filter(({ path }) => path.startsWith(`${dir}/src/`) && !isTest(path))

test('the rules read the six packages, the app and their sources', () => {
  expect(libraries.map(({ manifest }) => manifest.name)).toEqual([
    '@gateway/agent',
    '@gateway/provider',
    '@gateway/session',
    '@gateway/sse',
    '@gateway/tokenizer',
    '@gateway/tool',
  ])
  for (const member of [...libraries, ...members.filter(({ manifest }) => manifest.name === 'gateway')]) {
    expect(sourcesOf(member).length, member.dir).toBeGreaterThan(1)
  }
})

test('packages depend on each other only along the edges of the design', () => {
  expect(findForeignEdges(members)).toEqual([])
})

test.each(libraries)(
  '$manifest.name reaches no Node module and no Node global from its root entry',
  async ({ dir, files }) => {
    const { files: reached, violations } = await findNodeModules(`${dir}/src/index.ts`)
    const ours = files.filter(({ path }) => reached.includes(path))
    // A walk that stops at the entry would find nothing and prove nothing.
    expect(ours.length).toBeGreaterThan(1)
    console.log(`${dir}: read ${ours.length} own files and ${reached.length - ours.length} of dependencies`)
    const sources = allFiles.filter(({ path }) => reached.includes(path))
    expect([...violations, ...sources.flatMap(findNodeGlobals)]).toEqual([])
  },
)

test('no file of code is longer than the limit', () => {
  expect(findLongFiles(allFiles)).toEqual([])
})

test("a package's own configuration is a few lines over a shared preset", () => {
  const configs = ['packages', 'apps'].flatMap((parent) =>
    readFiles(parent, (path) => /\/(tsconfig[^/]*\.json|[^/]+\.config\.ts)$/.test(path)),
  )
  expect(configs.length).toBeGreaterThanOrEqual(3 * libraries.length)
  expect(findLongConfigs(configs)).toEqual([])
})

test.each(libraries)(
  'the published types of $manifest.name show no zod and nothing that users do not get',
  (member) => {
    expect(findDeclarationFaults(member, readBuilt(member, '.d.ts'))).toEqual([])
  },
)

test('zod is imported only where bytes of others become values', () => {
  expect(findStraySchemas(libraries.flatMap(({ files }) => files))).toEqual([])
})

test.each(libraries)('the README of $manifest.name shows only code that is compiled and run', (member) => {
  expect(findReadmeFaults(member, readOptional(`${member.dir}/README.md`))).toEqual([])
})

test.each(libraries)(
  'the manifest and the licence of $manifest.name are those of every package',
  (member) => {
    expect(findManifestDrift(member, readOptional(`${member.dir}/tsup.config.ts`))).toEqual([])
    expect(findLicenceFaults(member.dir, readOptional(`${member.dir}/LICENSE`), required('LICENSE'))).toEqual(
      [],
    )
  },
)

test('code names a provider only in its own files and at the listed places', () => {
  const sources = members.flatMap(sourcesOf)
  expect(findProviderNames(sources, namedPlaces)).toEqual([])
})

test('no test replaces a module, and no file switches type checking off', () => {
  expect(findBannedHabits(allFiles)).toEqual([])
})

test('no file reaches for a place of one machine', () => {
  expect(findMachinePaths(allFiles)).toEqual([])
})

test('the lockfile names no host', () => {
  expect(findHosts(required('pnpm-lock.yaml'))).toEqual([])
})

test('CI installs the programs that suites need, and no others', () => {
  expect(findRequirementDrift(allFiles, required('.ci/run'))).toEqual([])
})
