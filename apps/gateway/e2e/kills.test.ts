import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { api, type Frame, isEnd, stream } from './client.ts'
import { type GatewayProcess, startGateway } from './gateway-process.ts'

// A slice of the soak: `KILL_CYCLES=1000 pnpm --filter gateway test kills` runs it for long.
const cycles = Number(process.env.KILL_CYCLES ?? 12)
const writers = 8

/** One user: sends messages one after the other, and sends each again until it is acknowledged. */
const createWriter = (name: string) => {
  let path: string | undefined
  let count = 0
  const acknowledged: { content: string; turn: string }[] = []
  const scripts = [
    'hello',
    '/tool echo {"message":"x"}',
    '/pace 2\n/chunks 5\n/say abcdefghij',
    '/think hm\n/say ok',
  ]
  return {
    acknowledged,
    path: () => path ?? '',
    /** Goes on until the server is gone. */
    async work(url: string, alive: () => boolean): Promise<void> {
      while (alive()) {
        path ??= `/api/sessions/${(await api(url, 'POST', '/api/sessions', {})).json.id}`
        const content = `${scripts[count % scripts.length]}\nmessage ${name}-${count}`
        const headers = {
          'idempotency-key': `${name}-${count}`,
          prefer: count % 2 === 0 ? 'respond-async' : 'wait',
        }
        const answer = await api(url, 'POST', `${path}/messages`, { content }, headers)
        // The turn of the last message still runs: it is not this message's time yet.
        if (answer.status === 409) continue
        if (answer.status !== 200 && answer.status !== 202) throw new Error(JSON.stringify(answer.json))
        acknowledged.push({ content, turn: answer.json.turn.id })
        count += 1
      }
    },
  }
}

const isGone = (error: unknown): boolean => error instanceof TypeError || error instanceof SyntaxError

test(`${cycles} kills at random moments under load lose nothing and double nothing`, {
  timeout: 600_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-kills-'))
  const users = Array.from({ length: writers }, (_, at) => createWriter(`w${at}`))
  const acknowledged = () => users.reduce((sum, user) => sum + user.acknowledged.length, 0)
  let gateway: GatewayProcess | undefined
  // On a machine with much else to do little is done between two kills: then there are more of them.
  for (let cycle = 0; cycle < cycles || acknowledged() <= cycles; cycle += 1) {
    const current = await startGateway(folder, {
      GATEWAY_STORE: `sqlite:${join(folder, 'gw.db')}`,
      LOG_LEVEL: 'info',
    })
    gateway = current
    let alive = true
    const work = users.map((user) =>
      user
        .work(current.url, () => alive)
        .catch((error: unknown) => {
          if (alive || !isGone(error)) throw error
        }),
    )
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 300))
    alive = false
    await current.end('SIGKILL')
    await Promise.all(work)
  }
  gateway = await startGateway(folder, { GATEWAY_STORE: `sqlite:${join(folder, 'gw.db')}` })
  for (const user of users) await verify(gateway.url, user)
  await gateway.end('SIGTERM')
  rmSync(folder, { recursive: true })
})

const verify = async (url: string, user: ReturnType<typeof createWriter>): Promise<void> => {
  if (user.acknowledged.length === 0) return
  const log = await readLog(url, user.path())
  expect(log.map((event) => event.id)).toEqual(log.map((_, at) => at + 1))
  const accepted = log
    .filter((event) => event.event === 'message')
    .map((event) => JSON.stringify(event.data.message))
  for (const { content, turn } of user.acknowledged) {
    const text = JSON.stringify(content).slice(1, -1)
    const mine = accepted.filter(
      (message) => message.includes(`"text":"${text}"`) && message.includes('"role":"user"'),
    )
    expect(mine, `${content} of ${turn}`).toHaveLength(1)
    expect(mine[0]).toContain(turn)
    expect(log.filter((event) => isEnd(event) && event.data.turn_id === turn)).toHaveLength(1)
    const { json } = await api(url, 'GET', `${user.path()}/turns/${turn}`)
    expect(['completed', 'interrupted']).toContain(json.status)
  }
  const started = log.filter((event) => event.event === 'turn.started')
  expect(log.filter(isEnd)).toHaveLength(started.length)
}

/** The whole log: a message is sent last, and its end is the end. */
const readLog = async (url: string, path: string): Promise<Frame[]> => {
  const last = await api(url, 'POST', `${path}/messages`, { content: 'the end' })
  const events: Frame[] = []
  for await (const event of stream(url, `${path}/stream?after=0`)) {
    events.push(event)
    if (isEnd(event) && event.data.turn_id === last.json.turn.id) break
  }
  return events
}
