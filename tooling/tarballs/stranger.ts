import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { exampleBlocks } from '../readme-examples.ts'
import { type Outcome, run } from './run.ts'

/** An empty project of someone who installs one package. */
export interface Stranger {
  /** Installs these tarballs, and nothing that they do not ask for themselves. */
  install(tarballs: Readonly<Record<string, string>>): Promise<Outcome>
  /** Type-checks a file that imports every entry, libraries included. */
  typeCheck(entries: readonly string[], resolution: 'nodenext' | 'bundler'): Promise<Outcome>
  /** Loads every entry. */
  load(entries: readonly string[]): Promise<Outcome>
  /** Runs the examples of the installed README; it fails where there is none, or where one says nothing. */
  runExamples(name: string): Promise<Outcome>
}

/** The programs that a stranger uses. */
export interface StrangerTools {
  readonly npm: string
  readonly node: string
  readonly tsc: string
  /** A folder with `@types/node` in it. */
  readonly typeRoot: string
}

const compilerOptions = (resolution: 'nodenext' | 'bundler', typeRoot: string) => ({
  target: 'es2023',
  lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
  module: resolution === 'nodenext' ? 'nodenext' : 'preserve',
  moduleResolution: resolution,
  types: ['node'],
  typeRoots: [typeRoot],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  // The point is to check our types as a careful user would.
  skipLibCheck: false,
})

const importAll = (entries: readonly string[]): string => {
  const imports = entries.map((entry, index) => `import * as entry${index} from '${entry}'`)
  const names = entries.map((_, index) => `entry${index}`)
  return `${imports.join('\n')}\nfor (const entry of [${names.join(', ')}]) {
  if (Object.keys(entry).length === 0) throw new Error('An entry exports nothing.')
}\n`
}

const toJavaScript = (code: string): string =>
  ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
    },
  }).outputText

/** Makes an empty project in `dir`. */
export const createStranger = (dir: string, { npm, node, tsc, typeRoot }: StrangerTools): Stranger => {
  const write = (name: string, text: string): void => writeFileSync(join(dir, name), text)
  mkdirSync(dir)

  return {
    install(tarballs) {
      const dependencies = Object.fromEntries(
        Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`]),
      )
      write('package.json', JSON.stringify({ name: 'stranger', private: true, type: 'module', dependencies }))
      return run(npm, ['install', '--no-audit', '--no-fund', '--loglevel=error'], dir)
    },
    typeCheck(entries, resolution) {
      write('entries.ts', importAll(entries))
      const config = `tsconfig.${resolution}.json`
      write(
        config,
        JSON.stringify({ compilerOptions: compilerOptions(resolution, typeRoot), files: ['entries.ts'] }),
      )
      return run(tsc, ['-p', config], dir)
    },
    load(entries) {
      write('entries.js', toJavaScript(importAll(entries)))
      return run(node, ['entries.js'], dir)
    },
    async runExamples(name) {
      const readme = join(dir, 'node_modules', name, 'README.md')
      const blocks = existsSync(readme) ? exampleBlocks(readFileSync(readme, 'utf8')) : []
      let output = ''
      for (const [index, { code }] of blocks.entries()) {
        write(`example-${index}.js`, toJavaScript(code))
        const outcome = await run(node, [`example-${index}.js`], dir)
        if (!outcome.ok || outcome.output.trim() === '')
          return { ok: false, output: outcome.output || 'No output.' }
        output += outcome.output
      }
      return blocks.length === 0
        ? { ok: false, output: 'The README shows no example.' }
        : { ok: true, output }
    },
  }
}
