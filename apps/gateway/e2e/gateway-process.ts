import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A gateway that runs as users run it: the built server in a process of its own. */
export interface GatewayProcess {
  readonly url: string
  readonly child: ChildProcess
  /** What it has logged so far. */
  output(): string
  /** Settles with the exit code. */
  readonly ended: Promise<number | null>
  /** Sends a signal and waits for the end; gives the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

const toPath = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// The built server, as users run it; its source where `E2E_SOURCE` is set, to try a change without a build.
const program = process.env.E2E_SOURCE
  ? ['--conditions=@gateway/source', toPath('../src/main.ts')]
  : [toPath('../dist/main.js')]

/** Spawns the server with nothing in its environment but PATH, HOME and what is given. */
export const spawnGateway = (cwd: string, env: Record<string, string> = {}): ChildProcess =>
  spawn(process.execPath, program, {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, HOST: '127.0.0.1', PORT: '0', ...env },
  })

/** Starts it on a free port and waits until it listens; rejects with its output when it ends instead. */
export const startGateway = async (
  cwd: string,
  env: Record<string, string> = {},
): Promise<GatewayProcess> => {
  const child = spawnGateway(cwd, env)
  let output = ''
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const hear = (chunk: Buffer) => {
    output += chunk.toString()
    const url = /listening on (http[^\s"]+)/.exec(output)?.[1]
    if (url !== undefined) resolve(url)
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  const closed = once(child, 'close')
  closed.then(() => reject(new Error(`The gateway ended:\n${output}`)), reject)
  const url = await promise
  return {
    url,
    child,
    output: () => output,
    ended: closed.then(() => child.exitCode),
    async end(signal) {
      child.kill(signal)
      await closed
      return child.exitCode
    },
  }
}
