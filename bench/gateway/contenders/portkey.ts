import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Contender } from './contender.ts'
import { exec } from './exec.ts'

const version = '1.15.2'

/**
 * A plain install answers every stream with status 500: with @hono/node-server above 1.14.1 headers are immutable
 * where it changes them (https://github.com/Portkey-AI/gateway/issues/1389). Its own lockfile has 1.13.5, which works
 * and does not start on Node 24 (https://github.com/Portkey-AI/gateway/pull/1605). So there are two: as locked, on the
 * newest Node that this runs on, and on Node 24 with the one statement repaired.
 */
const variants = {
  locked: { dir: 'portkey-locked', nodeServer: '1.13.5', node: '22.23.3' },
  repaired: { dir: 'portkey-repaired', nodeServer: '1.19.14', node: undefined },
} as const
/** The statement that fails, and what mends it: a copy of the answer may be changed. */
const repair = { from: 'this.updateHeaders(i,', to: 'i=new Response(i.body,i),this.updateHeaders(i,' }
type Variant = (typeof variants)[keyof typeof variants]

const platform = `node-${process.platform}-${process.arch}`
const mainIn = (cache: string, { dir }: Variant): string =>
  join(cache, dir, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js')

const nodeOf = (cache: string, { dir, node }: Variant): string =>
  node === undefined ? process.execPath : join(cache, dir, 'node_modules', platform, 'bin', 'node')

const create = (name: string, variant: Variant): Contender => ({
  name,
  find: async ({ cache }) =>
    existsSync(mainIn(cache, variant))
      ? {
          version: `${version}, node ${variant.node ?? process.version}, @hono/node-server ${variant.nodeServer}`,
        }
      : { missing: 'not installed' },
  launch: (port, { cache, work }) => ({
    command: nodeOf(cache, variant),
    args: [mainIn(cache, variant), `--port=${port}`, '--headless'],
    cwd: work,
    // Without this it refuses upstreams on loopback.
    env: { TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost', NODE_ENV: 'production' },
  }),
  headers: ({ upstream }, { upstreamPort }) => ({
    'x-portkey-provider': upstream === 'chat' ? 'openai' : 'anthropic',
    'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
  }),
})

/** With the versions of its own lockfile, on the newest Node that these run on. */
export const portkey = create('Portkey', variants.locked)

/** On the Node that this repository's server runs on, repaired. */
export const portkeyRepaired = create('Portkey, repaired', variants.repaired)

const install = async (cache: string, variant: Variant): Promise<void> => {
  if (existsSync(mainIn(cache, variant))) return
  const dir = join(cache, variant.dir)
  await mkdir(dir, { recursive: true })
  const manifest = {
    private: true,
    dependencies: {
      '@portkey-ai/gateway': version,
      ...(variant.node === undefined ? {} : { [platform]: variant.node }),
    },
    overrides: { '@hono/node-server': variant.nodeServer, hono: '4.9.7', '@hono/node-ws': '1.2.0' },
  }
  await writeFile(join(dir, 'package.json'), JSON.stringify(manifest))
  await exec('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: dir })
  if (variant.node !== undefined) return
  const main = mainIn(cache, variant)
  const text = await readFile(main, 'utf8')
  if (text.split(repair.from).length !== 2) throw new Error('The statement to repair is not there once.')
  await writeFile(main, text.replace(repair.from, repair.to))
}

/** Installs both variants into the cache. */
export const installPortkey = async (cache: string): Promise<void> => {
  await install(cache, variants.locked)
  await install(cache, variants.repaired)
}
