import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exampleBlocks } from 'gateway-tooling/readme-examples'
import { expect, test } from 'vitest'
import { readLibraries, readOptional, repository } from './architecture/workspace.ts'

const run = promisify(execFile)

/** An example needs no network and no key, so that a start is all it takes; this only bounds one that hangs. */
const limitMs = 60_000

const examples = readLibraries().flatMap(({ dir, files, manifest }) =>
  files
    .filter(({ path }) => path.startsWith(`${dir}/examples/`))
    .map(({ path }) => ({ dir, path, name: manifest.name })),
)

test('every package has an example', () => {
  const withExample = new Set(examples.map(({ name }) => name))
  expect([...withExample]).toEqual(readLibraries().map(({ manifest }) => manifest.name))
})

test.each(examples)(
  '$path runs on source, says something and ends by itself',
  async ({ dir, path }) => {
    const { stdout, stderr } = await run(
      process.execPath,
      ['--conditions=@gateway/source', join(repository, path)],
      {
        cwd: join(repository, dir),
        // Nothing of the machine's configuration or keys: only what a program needs to start.
        env: { PATH: process.env.PATH, HOME: process.env.HOME },
        timeout: limitMs,
      },
    )
    expect(stdout.trim(), stderr).not.toBe('')
  },
  limitMs,
)

test.each(examples)('$path is shown in the README of its package', ({ dir, path }) => {
  const shown = exampleBlocks(readOptional(`${dir}/README.md`)?.text ?? '').map(
    ({ file }) => `${dir}/${file}`,
  )
  expect(shown).toContain(path)
})
