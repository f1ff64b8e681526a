import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireOrSkip } from 'gateway-tooling/requirements'
import { expect, test } from 'vitest'
import { repository } from './architecture/workspace.ts'

/** The README's walk, typed into a shell line by line against the built server: what it promises is what happens. */
const curl = requireOrSkip('curl')
const limitMs = 60_000

/** The shell blocks of the README that belong to the walk, by the name in the comment above them. */
const readWalk = (): Map<string, string> => {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8')
  const blocks = readme.matchAll(/^<!-- walk: (\w+) -->\n```sh\n([\s\S]*?)^```$/gm)
  return new Map([...blocks].map(([, name = '', code = '']) => [name, code]))
}

/** Gathers what a process writes, and waits for something in it. */
const listen = (child: ChildProcess) => {
  let text = ''
  let changed = Promise.withResolvers<void>()
  const wake = () => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      wake()
    })
  }
  let ended = false
  child.once('close', () => {
    ended = true
    wake()
  })
  return {
    text: () => text,
    /** Waits until the pattern has been written as often as that. */
    async until(pattern: RegExp, times = 1): Promise<void> {
      while ([...text.matchAll(new RegExp(pattern, 'gm'))].length < times) {
        if (ended) throw new Error(`The process ended before it wrote ${pattern}:\n${text}`)
        await changed.promise
      }
    },
  }
}

const startServer = async (cwd: string, port: string): Promise<{ child: ChildProcess; url: string }> => {
  const child = spawn(process.execPath, [join(repository, 'apps/gateway/dist/main.js')], {
    cwd,
    // All that a supervisor has to set, and the port.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: port },
  })
  const output = listen(child)
  await output.until(/listening on http\S+\d/)
  return { child, url: /listening on (http[^\s"]+)/.exec(output.text())?.[1] ?? '' }
}

const end = async (child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill(signal)
  await closed
}

test.skipIf(curl === undefined)(
  "the README's walk works as it is written, across a kill -9",
  async () => {
    const walk = readWalk()
    const folder = mkdtempSync(join(tmpdir(), 'walk-'))
    let server: ChildProcess | undefined
    const shell = spawn('sh', { cwd: folder })
    const output = listen(shell)
    try {
      const first = await startServer(folder, '0')
      server = first.child
      const type = (name: string): void => {
        const block = walk.get(name)
        if (block === undefined) throw new Error(`The README has no block "walk: ${name}".`)
        shell.stdin.write(block.replaceAll('http://127.0.0.1:8787', first.url))
      }

      type('start')
      // The stream's first heartbeat: it is open, and nothing has happened yet.
      await output.until(/^:/)
      type('message')
      await output.until(/^event: turn\.completed$/)
      await output.until(/"object":"turn"/)
      for (const event of ['turn.started', 'message', 'delta'])
        expect(output.text()).toContain(`event: ${event}\n`)

      const beforeTool = output.text().length
      type('tool')
      await output.until(/^event: turn\.completed$/, 2)
      await output.until(/"object":"turn"/, 2)
      // The answer and the stream share the terminal, so the answer's line may go on with the stream's.
      const withTool = output.text().slice(beforeTool)
      expect(withTool).toMatch(/\{"turn":\{.*"status":"completed".*"messages":\[.*"text":"[^"]*\b8\b/)
      expect(output.text()).toContain('event: tool.finished\n')

      await end(server, 'SIGKILL')
      server = (await startServer(folder, new URL(first.url).port)).child
      const before = output.text().length
      type('restarted')
      shell.stdin.end('echo; echo the walk is over\n')
      await output.until(/^the walk is over$/)
      const after = output.text().slice(before)
      expect(after).toMatch(/"object":"session".*"input_tokens":[1-9]/)
      expect(after).toMatch(/"object":"list".*Hello there/)
      // Everything behind event 4, and nothing before it.
      const ids = [...after.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
      expect(ids[0]).toBe(5)
      expect(ids).toEqual(ids.map((_, index) => index + 5))
      expect(after).toContain('event: turn.completed\n')
    } finally {
      await end(server, 'SIGKILL')
      await end(shell, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    }
  },
  limitMs,
)
