import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findDeclarationFaults } from './declarations.ts'
import { findForeignEdges } from './edges.ts'
import {
  findBannedHabits,
  findHosts,
  findLongConfigs,
  findLongFiles,
  findMachinePaths,
  findStraySchemas,
} from './files.ts'
import { findLicenceFaults, findManifestDrift } from './manifests.ts'
import { findProviderNames } from './names.ts'
import { findNodeGlobals, findNodeModules } from './neutrality.ts'
import { findReadmeFaults } from './readme.ts'
import { findRequirementDrift } from './requirements.ts'
import type { Manifest, Member, TextFile } from './workspace.ts'

/** Each rule is shown a small tree that breaks it, next to one that does not: a rule that sees nothing fails here. */
const file = (path: string, text: string): TextFile => ({ path, text })

const soundManifest: Manifest = {
  name: '@gateway/a',
  version: '0.1.0',
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=22.13' },
  repository: { type: 'git', url: 'git+https://github.com/gateway/gateway.git', directory: 'packages/a' },
  exports: {
    '.': { '@gateway/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  },
  files: ['dist', 'CHANGELOG.md'],
  publishConfig: {
    access: 'public',
    provenance: true,
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
  },
  scripts: {
    build: 'tsup',
    typecheck: 'tsc -p tsconfig.json',
    test: 'vitest run',
    'check:package': 'publint --strict && attw --pack --profile esm-only',
  },
}

const member = (changes: Partial<Manifest> = {}, files: readonly TextFile[] = []): Member => ({
  dir: 'packages/a',
  manifest: { ...soundManifest, ...changes },
  files,
})

const edges = { '@gateway/a': ['@gateway/b'], '@gateway/b': [] }
const tsup = file(
  'packages/a/tsup.config.ts',
  "import { library } from 'x'\nexport default library({ index: 'src/index.ts' })\n",
)

test.each([
  [
    'a manifest',
    member({ devDependencies: { '@gateway/c': 'workspace:^' } }),
    'devDependencies names @gateway/c',
  ],
  [
    'an import',
    member({}, [file('packages/a/src/x.ts', "import '@gateway/c/sub'")]),
    'x.ts:1: imports @gateway/c/sub',
  ],
  [
    'a type that no dependency backs',
    member({}, [file('packages/a/src/x.ts', "\nexport type X = import('@gateway/b').X")]),
    'x.ts:2: imports @gateway/b, which packages/a/package.json does not list',
  ],
  [
    'a path into another package',
    member({}, [file('packages/a/src/x.ts', "export { b } from '../../b/src/index.ts'")]),
    'leaves packages/a',
  ],
  ['a member that nobody placed', member({ name: '@gateway/new' }), 'no place among the allowed edges'],
])('a foreign edge through %s is found', (_, broken, expected) => {
  expect(findForeignEdges([broken], edges)).toEqual([expect.stringContaining(expected)])
})

test('an edge of the design, and an example that imports its own package, are no fault', () => {
  const sound = member({ dependencies: { '@gateway/b': 'workspace:^' } }, [
    file('packages/a/src/x.ts', "import { b } from '@gateway/b'\nimport './y.ts'"),
    file('packages/a/examples/x.ts', "import { a } from '@gateway/a'"),
  ])
  expect(findForeignEdges([sound], edges)).toEqual([])
})

test('a Node module behind two imports of a root entry is found', async () => {
  const root = mkdtempSync(join(tmpdir(), 'neutrality-'))
  try {
    writeFileSync(join(root, 'index.ts'), "export { a } from './a.ts'\n")
    writeFileSync(join(root, 'a.ts'), "export const a = () => import('./b.ts')\n")
    writeFileSync(join(root, 'b.ts'), "import { join } from 'path'\nexport const b = join('x', 'y')\n")
    expect(await findNodeModules('index.ts', root)).toEqual({
      files: ['b.ts', 'a.ts', 'index.ts'],
      violations: ['b.ts: imports path'],
    })
  } finally {
    rmSync(root, { recursive: true })
  }
})

test('globals of Node are found as values, types and fields of globalThis; fields of other objects are not', () => {
  const broken = [
    'const a: NodeJS.Timeout = setTimeout(() => {}, 1)',
    'const b = process.env.X',
    'const c = globalThis.Buffer',
    'const d = import.meta.dirname',
    "const e = typeof require === 'function'",
  ]
  const found = findNodeGlobals(file('x.ts', broken.join('\n')))
  expect(found).toEqual([
    'x.ts:1: uses NodeJS',
    'x.ts:2: uses process',
    'x.ts:3: uses Buffer',
    'x.ts:4: uses import.meta.dirname',
    'x.ts:5: uses require',
  ])
  const sound = "const a = { process: 1 }\na.process\nconst b = 'require'\nimport.meta.url\n// Buffer\n"
  expect(findNodeGlobals(file('x.ts', sound))).toEqual([])
})

test('a file over the limit is found unless it is data; a configuration has a limit of its own', () => {
  const long = 'x\n'.repeat(401)
  expect(findLongFiles([file('src/x.ts', long), file('src/x.data.ts', long)])).toEqual([
    'src/x.ts: 401 lines, 1 over the limit',
  ])
  expect(findLongFiles([file('src/x.ts', 'x\n'.repeat(400))])).toEqual([])
  expect(findLongConfigs([file('vitest.config.ts', 'x\n'.repeat(6))])).toHaveLength(1)
})

test.each([
  ["import type { z } from 'zod'", 'shows zod'],
  ["export { x } from '../src/x.ts'", 'points out of dist'],
  ["import { x } from 'left-pad'", 'imports left-pad, which users do not get'],
])('published types with %s are found', (text, expected) => {
  const faults = findDeclarationFaults(member(), [file('packages/a/dist/index.d.ts', text)])
  expect(faults).toEqual([expect.stringContaining(expected)])
})

test('published types that are missing are a fault, and names of dependencies are none', () => {
  expect(findDeclarationFaults(member(), [])).toHaveLength(1)
  const sound = "import { b } from '@gateway/b/sub'\nimport { c } from './chunk.js'\nimport 'node:fs'\n"
  const depending = member({ dependencies: { '@gateway/b': 'workspace:^' } })
  expect(findDeclarationFaults(depending, [file('packages/a/dist/index.d.ts', sound)])).toEqual([])
})

test('zod is found where no bytes come in', () => {
  const text = "import { z } from 'zod'"
  const places = [
    'packages/provider/src/dialects/x/wire.ts',
    'apps/gateway/src/config.ts',
    'packages/tool/src/x.ts',
  ]
  expect(findStraySchemas(places.map((path) => file(path, text)))).toEqual([
    'packages/tool/src/x.ts:1: imports zod away from the edges',
  ])
})

test.each([
  ['no marker', '```ts\nok\n```', 'without an example file named above it'],
  ['a missing file', '<!-- example: examples/none.ts -->\n```ts\nok\n```', 'which does not exist'],
  ['another text', '<!-- example: examples/a.ts -->\n```ts\nother\n```', 'differs from examples/a.ts'],
  ['no example', 'Words.', 'shows no example'],
])('a README with %s is found', (_, body, expected) => {
  const examples = member({}, [file('packages/a/examples/a.ts', 'ok\n')])
  const readme = (text: string) => file('packages/a/README.md', `# a\n\n${text}\n\n## Stability\n`)
  expect(findReadmeFaults(examples, readme(body))).toEqual([expect.stringContaining(expected)])
  expect(findReadmeFaults(examples, readme('<!-- example: examples/a.ts -->\n```ts\nok\n```'))).toEqual([])
  expect(findReadmeFaults(examples, undefined)).toHaveLength(1)
})

test.each<[string, Partial<Manifest>, string]>([
  ['another engine', { engines: { node: '>=24' } }, 'engines is'],
  ['side effects', { sideEffects: true }, 'sideEffects is true'],
  ['a pinned workspace range', { dependencies: { '@gateway/b': '^0.1.0' } }, 'instead of "workspace:^"'],
  ['three dependencies', { dependencies: { a: 'catalog:', b: 'catalog:', c: 'catalog:' } }, 'more than 2'],
  [
    'an entry that is not built',
    { exports: { ...soundManifest.exports, './b': './src/b.ts' } },
    'exports are not',
  ],
  [
    'a published source condition',
    { publishConfig: { access: 'public', provenance: true } },
    'publishConfig.exports',
  ],
])('a manifest with %s is found', (_, changes, expected) => {
  expect(findManifestDrift(member(changes), tsup)).toEqual([expect.stringContaining(expected)])
})

test('the manifest that all packages share is no fault, and a changed licence is one', () => {
  expect(findManifestDrift(member(), tsup)).toEqual([])
  expect(findLicenceFaults('packages/a', file('LICENSE', 'MIT'), file('LICENSE', 'MIT'))).toEqual([])
  expect(findLicenceFaults('packages/a', undefined, file('LICENSE', 'MIT'))).toHaveLength(1)
})

test("a provider's name is found in code, not in comments, its own files or listed places; a stale place is found", () => {
  const text = "// OpenAI\nconst x = isAnthropicModel('y', /^openai/)\n"
  const files = ['dialects/anthropic/x.ts', 'route.ts', 'compose.ts'].map((path) =>
    file(`packages/a/src/${path}`, text),
  )
  const listed = [
    { path: 'packages/a/src/compose.ts', why: 'the composition root' },
    { path: 'packages/a/src/gone/', why: 'was needed once' },
  ]
  expect(findProviderNames(files, listed)).toEqual([
    'packages/a/src/route.ts:2: names "isAnthropicModel"',
    'packages/a/src/route.ts:2: names "/^openai/"',
    expect.stringContaining('packages/a/src/gone/: is allowed to name a provider and does not'),
  ])
})

test('a module mock, unchecked files and a host in the lockfile are found', () => {
  const mock = ['vi', ".mock('./x.ts')"].join('')
  expect(findBannedHabits([file('x.test.ts', mock), file('y.ts', '// @ts-nocheck\n')])).toEqual([
    'x.test.ts:1: vi.mock replaces a module',
    'y.ts: @ts-nocheck',
  ])
  const place = ['', 'tmp', 'hook.mjs'].join('/')
  expect(
    findMachinePaths([file('x.ts', `a\nimport '${place}'\n`), file('y.ts', '// /tmp is elsewhere')]),
  ).toEqual([`x.ts:2: import '${place}'`])
  expect(findHosts(file('lock', 'a:\n  tarball: https://example.org/a.tgz\n'))).toHaveLength(1)
})

test('a program that a suite needs and CI lacks is found, and one that no suite needs', () => {
  const suite = file(
    'x.test.ts',
    "const redis = requireOrSkip('redis-server')\nrequireOrSkip('node', { PATH })",
  )
  const script = (list: string) => file('.ci/run', `a=1\nrequirements=(${list})\n`)
  expect(findRequirementDrift([suite], script('\n  redis-server:redis-server # streams\n'))).toEqual([])
  expect(findRequirementDrift([suite], script('\n  chromium:chromium\n'))).toEqual([
    '.ci/run: does not install redis-server, which a suite needs',
    '.ci/run: installs chromium, which no suite needs',
  ])
})
