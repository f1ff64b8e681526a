import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { repository } from '../architecture/workspace.ts'

/** A gateway in a process of its own. */
export interface Gateway {
  readonly url: string
  /** Ends it at once, as a crash would, and waits until it is gone. */
  kill(): Promise<void>
}

/** The address in a line of the log, if it is the one that says that the gateway listens. */
const addressIn = (line: string): string | undefined => {
  if (!line.startsWith('{') || !line.includes('gateway is listening')) return undefined
  const entry: unknown = JSON.parse(line)
  const isEntry = typeof entry === 'object' && entry !== null && 'url' in entry
  return isEntry && typeof entry.url === 'string' ? entry.url : undefined
}

/**
 * Starts the server from its sources, on a free port unless `env` names one, with nothing else of the environment than
 * PATH and HOME. Resolves when it listens; rejects with what it said when it ends instead.
 */
export const startGateway = async (
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Gateway> => {
  const main = join(repository, 'apps/gateway/src/main.ts')
  const child = spawn(process.execPath, ['--conditions=@gateway/source', main], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      HOST: '127.0.0.1',
      PORT: '0',
      GATEWAY_STORE: `sqlite:${join(folder, 'gateway.db')}`,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const hear = (line: string) => {
    said.push(line)
    const url = addressIn(line)
    if (url !== undefined) resolve(url)
  }
  createInterface(child.stdout).on('line', hear)
  createInterface(child.stderr).on('line', hear)
  const closed = once(child, 'close')
  closed.then(() => reject(new Error(`The gateway ended:\n${said.join('\n')}`)), reject)
  const url = await promise
  return {
    url,
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
  }
}
