import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'esbuild'

/** The tests of one package for one kind of runtime, as one file that exports `run`. */
export interface TestBundle {
  readonly code: string
}

const runner = new URL('portable.ts', import.meta.url).pathname

/**
 * Bundles a file of portable tests with the package as it is built.
 *
 * @returns `undefined` where the package has no such file.
 * @throws Error when the bundle holds sources of a package instead of its build.
 */
export const bundleTests = async (
  repository: string,
  packageDir: string,
  file: 'portable.ts' | 'node.ts',
): Promise<TestBundle | undefined> => {
  const entry = join(packageDir, 'runtime-tests', file)
  if (!existsSync(entry)) return undefined
  const { metafile, outputFiles } = await build({
    absWorkingDir: repository,
    stdin: {
      contents: `import { tests } from ${JSON.stringify(entry)}
import { runPortable } from ${JSON.stringify(runner)}
export const run = () => runPortable(tests)`,
      resolveDir: packageDir,
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    // Deno's parser refuses some of the escapes that stand for other characters otherwise.
    charset: 'utf8',
    // Users resolve by `import` and `default`, never by the condition of the sources.
    conditions: ['import'],
    external: ['node:*'],
    logLevel: 'silent',
  })
  const inputs = Object.keys(metafile.inputs)
  const own = `${relative(repository, packageDir)}/`
  const sources = inputs.filter((path) => /^packages\/[^/]+\/src\//.test(path))
  if (sources.length > 0) throw new Error(`The tests of ${own} reach sources: ${sources.join(', ')}`)
  if (!inputs.some((path) => path.startsWith(`${own}dist/`)))
    throw new Error(`The tests of ${own} reach no build.`)
  const [output] = outputFiles
  if (output === undefined) throw new Error(`The tests of ${own} made no bundle.`)
  return { code: output.text }
}
