import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { api, isEnd, stream, until } from './client.ts'
import { spawnGateway, startGateway } from './gateway-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'gateway-life-'))
afterAll(() => rmSync(folder, { recursive: true }))

const store = (name: string) => ({ GATEWAY_STORE: `sqlite:${join(folder, name)}` })

/** Starts a gateway that must not start, and gives what it says. */
const refused = async (env: Record<string, string>): Promise<string> => {
  const child = spawnGateway(folder, env)
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output += chunk
  })
  await once(child, 'close')
  expect(child.exitCode).toBe(1)
  return output
}

test('a second process on the same store is refused with a clear message', async () => {
  const first = await startGateway(folder, store('one.db'))
  expect(await refused(store('one.db'))).toMatch(/another process|in use|already open/i)
  expect(await first.end('SIGTERM')).toBe(0)
  const second = await startGateway(folder, store('one.db'))
  expect(await second.end('SIGTERM')).toBe(0)
})

test('a configuration that cannot be used is refused with its faults, without a stack', async () => {
  const output = await refused({ ...store('x.db'), PORT: 'x', GATEWAY_API_KEYS: 'nokey' })
  expect(output).toMatch(/PORT: [\s\S]*GATEWAY_API_KEYS: /)
  expect(output).not.toMatch(/\n\s+at /)
  expect(await refused({ ...store('x.db'), HOST: '0.0.0.0' })).toContain('GATEWAY_API_KEYS')
  expect(await refused({ ...store('x.db'), GATEWAY_DEFAULT_MODEL: 'gpt-9' })).toContain('gpt-9')
  expect(await refused({ ...store('x.db'), GATEWAY_TOOLS: 'echo,rm' })).toContain('rm')
})

test('SIGTERM lets the running turn end, tells those who watch, and exits with 0', async () => {
  const gateway = await startGateway(folder, store('drain.db'))
  const { json } = await api(gateway.url, 'POST', '/api/sessions', {})
  const path = `/api/sessions/${json.id}`
  const watching = stream(gateway.url, `${path}/stream?after=0`)
  const other = await api(gateway.url, 'POST', '/api/sessions', {})
  const content = '/pace 40\n/chunks 10\n/say 0123456789'
  await api(gateway.url, 'POST', `${path}/messages`, { content }, { prefer: 'respond-async' })
  const before = await until(watching, (event) => event.event === 'delta')
  const rest = stream(gateway.url, `${path}/stream`, {
    headers: { 'last-event-id': String(before.at(-1)?.id) },
  })
  const first = await rest.next()
  gateway.child.kill('SIGTERM')
  await until(onceDraining(gateway.output), () => true)
  expect((await api(gateway.url, 'GET', '/readyz')).status).toBe(503)
  expect((await api(gateway.url, 'GET', '/livez')).status).toBe(200)
  const late = await api(gateway.url, 'POST', `/api/sessions/${other.json.id}/messages`, { content: 'late' })
  expect(late).toMatchObject({ status: 503, json: { error: { code: 'shutting_down' } } })
  const events = [first.value, ...(await until(rest, isEnd))]
  expect(events.at(-1)?.event).toBe('turn.completed')
  expect(await gateway.ended).toBe(0)

  const again = await startGateway(folder, store('drain.db'))
  const messages = (await api(again.url, 'GET', `${path}/messages`)).json.data
  expect(messages.at(-1).content).toEqual([{ type: 'text', text: '0123456789' }])
  await again.end('SIGTERM')
})

async function* onceDraining(output: () => string) {
  while (!output().includes('draining')) await new Promise((resolve) => setTimeout(resolve, 5))
  yield { id: 0, event: 'draining', data: {} }
}

test('what a kill -9 cut is interrupted at the next start, and nothing of it is lost', async () => {
  const gateway = await startGateway(folder, store('kill.db'))
  const { json } = await api(gateway.url, 'POST', '/api/sessions', {})
  const path = `/api/sessions/${json.id}`
  await api(
    gateway.url,
    'POST',
    `${path}/messages`,
    { content: '/stall\n/say one two' },
    { prefer: 'respond-async' },
  )
  const seen = await until(stream(gateway.url, `${path}/stream?after=0`), (event) => event.event === 'delta')
  await gateway.end('SIGKILL')

  const again = await startGateway(folder, store('kill.db'))
  const last = String(seen.at(-1)?.id)
  const rest = await until(stream(again.url, `${path}/stream`, { headers: { 'last-event-id': last } }), isEnd)
  expect(rest.map((event) => event.event)).toEqual(['message', 'turn.interrupted'])
  expect(rest.map((event) => event.id)).toEqual([Number(last) + 1, Number(last) + 2])
  const whole = await until(stream(again.url, `${path}/stream?after=0`), isEnd)
  expect([...seen, ...rest]).toEqual(whole)
  expect((await api(again.url, 'POST', `${path}/messages`, { content: 'on we go' })).json.turn.status).toBe(
    'completed',
  )
  expect((await api(again.url, 'GET', path)).json.usage.output_tokens).toBeGreaterThan(0)
  await again.end('SIGTERM')
})

test('raw requests that are no HTTP, or too large a head, end in 4xx and leave the server alive', async () => {
  const gateway = await startGateway(folder, store('raw.db'))
  const { connect } = await import('node:net')
  const port = Number(new URL(gateway.url).port)
  const ask = async (text: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => {})
    socket.end(text)
    await once(socket, 'close')
    return answer
  }
  expect(await ask('GARBAGE\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
  expect(await ask(`GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 431/,
  )
  expect(await ask('GET /health HTTP/1.1\r\nHost: a/b?c\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1.1 4\d\d/,
  )
  expect(await ask('GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1.1 403/,
  )
  const slow =
    'POST /api/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'
  await ask(slow)
  expect((await api(gateway.url, 'GET', '/livez')).status).toBe(200)
  expect(await gateway.end('SIGTERM')).toBe(0)
})
