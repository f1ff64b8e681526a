import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const running = new Set<ChildProcess>()

/** A server leads a group of its own, in which its workers are: they outlive its own forced end. */
const killGroup = ({ pid }: ChildProcess): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The whole group has ended already.
  }
}

// Whatever ends the bench, nothing that it started is left behind.
process.on('exit', () => {
  for (const child of running) killGroup(child)
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const remember = (child: ChildProcess): ChildProcess => {
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** How a server is started. Only PATH and HOME are handed on besides `env`. */
export interface Launch {
  command: string
  args: readonly string[]
  env?: Readonly<Record<string, string>>
  cwd: string
}

/** Starts a server; what it writes is dropped (stdout) or kept in `errorFile` (stderr). */
export const startServer = ({ command, args, env, cwd }: Launch, errorFile: string): ChildProcess => {
  const out = openSync('/dev/null', 'w')
  const err = openSync(errorFile, 'a')
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(command, args, {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', out, err],
    detached: true,
  })
  closeSync(out)
  closeSync(err)
  return remember(child)
}

/** Starts one of this folder's own programs, which talks by messages. */
export const startProgram = (program: URL): ChildProcess =>
  remember(fork(fileURLToPath(program), { detached: true }))

/** Ends a process: kindly, and after three seconds by force. */
export const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(killGroup, 3000, child)
  await ended
  clearTimeout(timer)
}

/** A port that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('A server has no port.')
  return address.port
}
