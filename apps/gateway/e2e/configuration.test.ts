import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { api } from './client.ts'
import { startGateway } from './gateway-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'gateway-configuration-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = join(folder, 'gateway.config.yaml')

/** A file with one model of that name. */
const write = (model: string, more = ''): void => {
  const text = `store: 'memory:'\nproviders: { mock: { type: mock } }\nmodels:\n  ${model}: { targets: [{ provider: mock, model: mock }] }\n${more}`
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

const chat = (model: string) => ({ model, messages: [{ role: 'user', content: 'Hi' }] })

test('a file in the working directory is used, and followed while the gateway runs', async () => {
  write('first')
  const gateway = await startGateway(folder)
  const ask = async (model: string) =>
    (await api(gateway.url, 'POST', '/v1/chat/completions', chat(model))).status
  expect(await ask('first')).toBe(200)

  write('second')
  await vi.waitFor(async () => expect(await ask('second')).toBe(200), 20_000)
  expect(await ask('first')).toBe(404)

  write('third', 'port: x\n')
  await vi.waitFor(() => expect(gateway.output()).toMatch(/"level":"error".*"path":"port"/), 20_000)
  expect(await ask('second')).toBe(200)

  write('fourth')
  gateway.child.kill('SIGHUP')
  await vi.waitFor(async () => expect(await ask('fourth')).toBe(200), 20_000)
  const metrics = await fetch(`${gateway.url}/metrics`)
  expect(await metrics.text()).toMatch(/process_cpu[\s\S]*gateway_requests_total\{.*chat.*2xx.*\} \d+/)
  expect(await gateway.end('SIGTERM')).toBe(0)
})
