import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { repository } from './architecture/workspace.ts'

const application = join(repository, 'apps/gateway')
const built = join(application, 'dist')

test('the built server imports nothing but its own files', async () => {
  const { metafile } = await build({
    entryPoints: [join(built, 'main.js')],
    outdir: 'out',
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  })
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
  expect(imports.length).toBeGreaterThan(5)
  const foreign = imports.filter(({ external, path }) => external === true && path !== '<runtime>')
  // Node's modules come by another way.
  expect(foreign.map(({ path }) => path)).toEqual([])
})

test('the notices beside the built server name every package of which it has code', () => {
  const maps = readdirSync(built).filter((file) => file.endsWith('.js.map'))
  const sources = maps.flatMap(
    (file): string[] => JSON.parse(readFileSync(join(built, file), 'utf8')).sources,
  )
  const names = sources.flatMap(
    (source) => /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? [],
  )
  const notices = readFileSync(join(built, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
  const named = [...notices.matchAll(/^-{80}\n\n(\S+) \S+ \((.+)\)\n\n\S/gm)].map(([, name]) => name)
  expect(new Set(names).size).toBeGreaterThan(5)
  expect(named).toEqual([...new Set(names)].sort())
})

/** A copy of the built server without `node_modules`, and with a configuration; it is started, asked and ended. */
const runAlone = async (config: Record<string, string>, paths: readonly string[]) => {
  const place = mkdtempSync(join(tmpdir(), 'gateway-application-'))
  try {
    const filter = (path: string) => !path.endsWith('.map') && !path.endsWith('compile-cache')
    cpSync(built, join(place, 'dist'), { recursive: true, filter })
    cpSync(join(application, 'public'), join(place, 'public'), { recursive: true })
    const files = { 'package.json': '{"type":"module"}', ...config }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text)
    const child = spawn(process.execPath, ['dist/main.js'], { cwd: place, env: { PATH: process.env.PATH } })
    const closed = once(child, 'close')
    let output = ''
    const { promise: started, resolve } = Promise.withResolvers<string>()
    const hear = (chunk: Buffer): void => {
      output += chunk.toString()
      const url = /listening on (http[^\s"]+)/.exec(output)?.[1]
      if (url !== undefined) resolve(url)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    closed.finally(() => resolve(''))
    const url = await started
    if (url === '') throw new Error(output)
    const statuses: number[] = []
    for (const path of paths) statuses.push((await fetch(url + path)).status)
    child.kill('SIGTERM')
    await closed
    return { statuses, code: child.exitCode, isKept: existsSync(join(place, 'dist/compile-cache')) }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

test('the built server runs without node_modules, and keeps what it compiled beside it', async () => {
  // Each of these, and the configuration, loads files of its own.
  const paths = ['/v1/models', '/livez', '/', '/docs', '/openapi.json', '/metrics']
  const config = { 'gateway.config.yaml': 'port: 0\nstore: "memory:"\n' }
  const statuses = paths.map(() => 200)
  expect(await runAlone(config, paths)).toEqual({ statuses, code: 0, isKept: true })
})

test('nothing is kept of a configuration that is code', async () => {
  const config = { 'gateway.config.mjs': "export default { port: 0, store: 'memory:' }\n" }
  expect(await runAlone(config, ['/livez'])).toEqual({ statuses: [200], code: 0, isKept: false })
})
