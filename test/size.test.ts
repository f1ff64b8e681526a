import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { type Member, readLibraries, repository } from './architecture/workspace.ts'

/** Packages whose README promises the size of each entry, as `` `@gateway/x/entry` 1.2 kB ``. */
const promising = ['@gateway/sse', '@gateway/tokenizer']
const libraries = readLibraries().filter(({ manifest }) => promising.includes(manifest.name))

/**
 * What importing an entry loads, with everything that it needs: minified and gzipped, in bytes. What it imports
 * dynamically is no part of it.
 */
const measure = async (path: string): Promise<number> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: repository,
    entryPoints: [path],
    outdir: 'out',
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    conditions: ['import'],
    external: ['node:*'],
    logLevel: 'silent',
  })
  // Of a build that re-exports nothing there is next to nothing to measure.
  expect(Object.keys(metafile.inputs).length).toBeGreaterThan(0)
  const loaded = Object.keys(metafile.outputs).filter((name) => metafile.outputs[name]?.entryPoint === path)
  expect(loaded).toHaveLength(1)
  for (const name of loaded) {
    const { imports = [] } = metafile.outputs[name] ?? {}
    const chunks = imports.filter(({ kind, external }) => kind === 'import-statement' && external !== true)
    loaded.push(...chunks.map((chunk) => chunk.path).filter((chunk) => !loaded.includes(chunk)))
  }
  const files = outputFiles.filter((file) => loaded.includes(relative(repository, file.path)))
  expect(files).toHaveLength(loaded.length)
  return files.reduce((bytes, { contents }) => bytes + gzipSync(contents, { level: 9 }).length, 0)
}

const entriesOf = ({ dir, manifest }: Member): [name: string, path: string][] =>
  Object.keys(manifest.exports ?? {})
    .filter((entry) => entry !== './package.json')
    .map((entry) => {
      const file = entry === '.' ? 'index' : entry.slice(2)
      return [join(manifest.name, entry), `${dir}/dist/${file}.js`]
    })

/** Entry → bytes, as the README says. */
const readPromises = (dir: string): Map<string, number> => {
  const readme = readFileSync(join(repository, dir, 'README.md'), 'utf8')
  const stated = readme.matchAll(/`(@gateway\/[\w/-]+)` (\d+(?:\.\d)?) kB/g)
  return new Map([...stated].map(([, name = '', size]) => [name, Number(size) * 1000]))
}

test('every package that promises its size is there', () => {
  expect(libraries.map(({ manifest }) => manifest.name)).toEqual(promising)
})

test.each(libraries)('every entry of $manifest.name is as small as its README says', async (member) => {
  const promises = readPromises(member.dir)
  for (const [name, path] of entriesOf(member)) {
    const bytes = await measure(path)
    const promised = promises.get(name)
    console.log(`${name}: ${bytes} bytes, promised ${promised}`)
    expect(promised, `${name} in the README`).toBeDefined()
    expect(bytes, name).toBeLessThanOrEqual(promised ?? 0)
    // A promise with much room in it would say nothing.
    expect(promised, name).toBeLessThan(bytes * 1.1 + 100)
  }
})
