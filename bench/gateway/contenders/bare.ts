import { fileURLToPath } from 'node:url'
import type { Contender } from './contender.ts'

const program = fileURLToPath(new URL('bare-server.ts', import.meta.url))

/** The load goes to the mock itself. */
export const direct: Contender = {
  name: 'direct',
  find: async () => ({ version: '' }),
}

/** What `node:http` and undici cost without any work of a gateway. */
export const bare: Contender = {
  name: 'bare',
  find: async () => ({ version: `node ${process.version}, undici 8` }),
  launch: (port, { upstreamPort, work }) => ({
    command: process.execPath,
    args: [program, `${port}`, `${upstreamPort}`],
    cwd: work,
  }),
}
