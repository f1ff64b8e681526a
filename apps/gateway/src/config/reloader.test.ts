import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Config } from './config.ts'
import { loadConfig } from './load-config.ts'
import { createReloader } from './reloader.ts'

/** A file that is followed, and what came of it. */
const follow = async (text: string) => {
  const dir = await mkdtemp(join(tmpdir(), 'gateway-reload-'))
  const path = join(dir, 'gateway.config.yaml')
  await writeFile(path, text)
  const applied: Config[] = []
  const lines: { level: number; path?: string; message?: string }[] = []
  const load = () => loadConfig({}, dir)
  const reloader = await createReloader({
    config: await load(),
    load,
    apply: (config) => void applied.push(config),
    log: pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) }),
  })
  onTestFinished(async () => {
    reloader.stop()
    await rm(dir, { recursive: true })
  })
  return { dir, path, applied, lines, reloader, errors: () => lines.filter(({ level }) => level >= 50) }
}

test('a file that is written, and one that is put in its place, are taken over', async () => {
  const { dir, path, applied } = await follow('port: 1\n')
  await writeFile(path, 'port: 2\n')
  await vi.waitFor(() => expect(applied.map(({ port }) => port)).toEqual([2]), 10_000)
  await writeFile(join(dir, 'next'), 'port: 3\n')
  await rename(join(dir, 'next'), path)
  await vi.waitFor(() => expect(applied.map(({ port }) => port)).toEqual([2, 3]), 10_000)
})

test('a file that a mounted volume replaces by turning a link is taken over', async () => {
  const { dir, path, applied } = await follow('port: 1\n')
  for (const version of ['1', '2']) {
    await mkdir(join(dir, version))
    await writeFile(join(dir, version, 'gateway.config.yaml'), `port: ${version}0\n`)
    await symlink(version, join(dir, 'turned'))
    await rename(join(dir, 'turned'), join(dir, '..data'))
    if (version === '1') {
      await symlink('..data/gateway.config.yaml', join(dir, 'linked'))
      await rename(join(dir, 'linked'), path)
    }
    await vi.waitFor(() => expect(applied.at(-1)?.port).toBe(Number(`${version}0`)), 10_000)
  }
})

const key = 'keys: [{ tenant: acme, key: secret-of-acme }]\n'

test.for([
  ['emptied', (path: string) => writeFile(path, ''), /gone or empty/],
  ['removed', (path: string) => rm(path), /gone or empty/],
  ['left without keys', (path: string) => writeFile(path, 'port: 2\n'), /^none is left/],
] as const)('a file that is %s never opens the gateway to everybody', async ([, change, why]) => {
  const { path, applied, lines, reloader, errors } = await follow(`port: 1\n${key}`)
  await change(path)
  await reloader.reload()
  expect(applied).toEqual([])
  expect(errors()[0]?.message).toMatch(why)
  lines.length = 0
  await writeFile(path, `port: 3\n${key}`)
  await vi.waitFor(() => expect(applied.at(-1)?.port).toBe(3), 10_000)
})

test('a broken file leaves the old configuration in force, and each fault is logged', async () => {
  const { path, applied, errors } = await follow('port: 1\n')
  await writeFile(path, 'port: x\nproviders: { p: { type: nothing } }\n')
  await vi.waitFor(
    () => expect(errors().map((line) => line.path)).toEqual(['port', 'providers.p.type']),
    10_000,
  )
  expect(applied).toEqual([])
  await writeFile(path, 'port: 4\n')
  await vi.waitFor(() => expect(applied.map(({ port }) => port)).toEqual([4]), 10_000)
})

test('asked to reload it does, also where the file did not change', async () => {
  const { applied, reloader, lines } = await follow('port: 1\n')
  await reloader.reload()
  expect(applied.map(({ port }) => port)).toEqual([1])
  expect(lines).toMatchObject([{ level: 30, msg: 'the configuration was reloaded' }])
})

test('a file that is gone is a fault like any other', async () => {
  const { path, errors, applied, reloader } = await follow('port: 1\n')
  await writeFile(path, ':\n -')
  await reloader.reload()
  expect(errors()).toHaveLength(1)
  expect(applied).toEqual([])
})
