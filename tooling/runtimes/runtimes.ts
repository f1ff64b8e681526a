import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run as runProgram } from '../tarballs/run.ts'
import type { PortableResult } from './portable.ts'

/** One place where packages have to work. */
export interface Runtime {
  readonly name: string
  /** Whether it has the `node:` modules. */
  readonly hasNode: boolean
  /** Runs a bundle that exports `run`. */
  run(code: string): Promise<PortableResult>
}

/** What the registry has of each runtime, for Linux on this machine's processor. */
const versions = {
  'node-22': `npm:node-linux-${process.arch}@22.23.3`,
  'node-24': `npm:node-linux-${process.arch}@24.21.0`,
  bun: '1.4.5',
  deno: '2.9.6',
  miniflare: '4.20260721.0',
}
/** The day whose behaviour workerd shows. */
const compatibilityDate = '2026-07-01'

const parseResult = (text: string): PortableResult => {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || !('passed' in value) || !('failures' in value)) {
    throw new Error(`Not a result: ${text.slice(0, 200)}`)
  }
  const { passed, failures } = value
  if (typeof passed !== 'number' || !Array.isArray(failures))
    throw new Error(`Not a result: ${text.slice(0, 200)}`)
  return { passed, failures: failures.map(String) }
}

const mark = 'result of the portable tests: '

/** A runtime that is a program which takes a module, and prints. */
const createProgram = (name: string, dir: string, program: string, args: readonly string[]): Runtime => {
  let runs = 0
  return {
    name,
    hasNode: true,
    async run(code) {
      runs += 1
      const file = `tests-${name}-${runs}.mjs`
      const print = `console.log(${JSON.stringify(mark)} + JSON.stringify(await run()))`
      writeFileSync(join(dir, file), `${code}\n${print}\n`)
      const { ok, output } = await runProgram(program, [...args, file], dir)
      const line = output.split('\n').find((text) => text.startsWith(mark))
      if (!ok || line === undefined) throw new Error(`${name} ended without a result:\n${output}`)
      return parseResult(line.slice(mark.length))
    },
  }
}

/** The subset of miniflare that is used; it is installed at run time. */
interface Miniflare {
  new (options: {
    modules: true
    script: string
    compatibilityDate: string
  }): {
    dispatchFetch(url: string): Promise<Response>
    dispose(): Promise<void>
  }
}

const createWorkerd = (dir: string): Runtime => ({
  name: 'workerd',
  hasNode: false,
  async run(code) {
    const path = createRequire(join(dir, 'package.json')).resolve('miniflare')
    const { Miniflare }: { Miniflare: Miniflare } = await import(pathToFileURL(path).href)
    const script = `${code}\nexport default { fetch: async () => Response.json(await run()) }\n`
    const worker = new Miniflare({ modules: true, script, compatibilityDate })
    try {
      return parseResult(await (await worker.dispatchFetch('http://localhost/')).text())
    } finally {
      await worker.dispose()
    }
  },
})

/** Installs all runtimes into a folder. */
export const installRuntimes = async (dir: string): Promise<Runtime[]> => {
  if (process.platform !== 'linux') throw new Error('The runtimes are packages for Linux; run this there.')
  mkdirSync(dir, { recursive: true })
  const manifest = { name: 'runtimes', private: true, type: 'module', dependencies: versions }
  writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest))
  const { ok, output } = await runProgram(
    'npm',
    ['install', '--no-audit', '--no-fund', '--loglevel=error'],
    dir,
  )
  if (!ok) throw new Error(`Installing the runtimes failed.\n${output}`)
  const bin = (path: string): string => join(dir, 'node_modules', path)
  return [
    createProgram('node-22', dir, bin('node-22/bin/node'), []),
    createProgram('node-24', dir, bin('node-24/bin/node'), []),
    createProgram('bun', dir, bin('.bin/bun'), ['run']),
    createProgram('deno', dir, bin('.bin/deno'), ['run', '--allow-net', '--no-lock']),
    createWorkerd(dir),
  ]
}
