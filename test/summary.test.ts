import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FinishedModule, summarise, summaryLine } from 'gateway-tooling/summary-reporter'
import { expect, test } from 'vitest'
import { repository } from './architecture/workspace.ts'

const module = (states: string[], ok: boolean): FinishedModule => ({
  relativeModuleId: 'x.test.ts',
  ok: () => ok,
  children: { allTests: () => states.map((state) => ({ fullName: 'a b', result: () => ({ state }) })) },
})

test.each([
  ['passed and failed tests', [module(['passed', 'passed', 'failed'], false)], 0, '2 passed, 1 failed'],
  ['skipped tests', [module(['passed', 'skipped'], true)], 0, '1 passed, 0 failed, 1 skipped'],
  ['a file that does not load', [module([], false), module(['passed'], true)], 0, '1 passed, 1 failed'],
  ['a file whose hook fails', [module(['skipped', 'passed'], false)], 0, '1 passed, 1 failed, 1 skipped'],
  ['an error outside any test', [module(['passed'], true)], 1, '1 passed, 1 failed'],
  ['nothing at all', [], 0, '0 passed, 1 failed'],
  ['nothing but skipped tests', [module(['skipped'], true)], 0, '0 passed, 1 failed, 1 skipped'],
])('the summary counts %s', (_, modules, unhandled, expected) => {
  expect(summaryLine(summarise(modules, unhandled))).toBe(expected)
})

const modules = join(repository, 'node_modules')

/** Runs vitest with the shared presets over one project of these files, as the root does over the packages. */
const runProject = (
  files: Record<string, string>,
): { status: number | null; lastLine: string | undefined } => {
  const root = mkdtempSync(join(tmpdir(), 'summary-'))
  try {
    // The presets and vitest resolve from here as they do from the repository.
    symlinkSync(modules, join(root, 'node_modules'))
    const presets = "import { project, workspace } from 'gateway-tooling/vitest'\n"
    const all = {
      'workspace.config.ts': `${presets}export default workspace(['vitest.config.ts'])\n`,
      'vitest.config.ts': `${presets}export default project('x')\n`,
      ...files,
    }
    for (const [name, text] of Object.entries(all)) writeFileSync(join(root, name), text)
    const vitest = join(modules, 'vitest/vitest.mjs')
    const { status, stdout } = spawnSync(
      process.execPath,
      [vitest, 'run', '--config', 'workspace.config.ts'],
      {
        cwd: root,
        encoding: 'utf8',
      },
    )
    return { status, lastLine: stdout.trimEnd().split('\n').at(-1) }
  } finally {
    rmSync(root, { recursive: true })
  }
}

const testFile = (body: string): string => `import { test } from 'vitest'\n${body}\n`

test('a run of passing tests succeeds, and its last line says how many', () => {
  const outcome = runProject({ 'a.test.ts': testFile("test('a', () => {})\ntest('b', () => {})") })
  expect(outcome).toEqual({ status: 0, lastLine: '2 passed, 0 failed' })
})

test.each([
  ['a forgotten .only', { 'a.test.ts': testFile("test('a', () => {})\ntest.only('b', () => {})") }],
  [
    'a file that does not load',
    { 'a.test.ts': testFile("test('a', () => {})"), 'b.test.ts': "import './none.ts'\n" },
  ],
  ['only skipped tests', { 'a.test.ts': testFile("test.skip('a', () => {})") }],
  ['no test file', {}],
])('a run with %s fails and counts the failure', (_, files) => {
  const { status, lastLine } = runProject(files)
  expect(status).toBe(1)
  expect(lastLine).toMatch(/^\d+ passed, 1 failed/)
})
