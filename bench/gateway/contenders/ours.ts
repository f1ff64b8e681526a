import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Contender, clientKey, type Place } from './contender.ts'
import { exec } from './exec.ts'

const versionOf = async (gateway: string): Promise<string> => {
  const git = (...args: string[]) => exec('git', ['-C', join(gateway, '..'), ...args]).catch(() => '')
  const commit = await git('rev-parse', '--short', 'HEAD')
  // `dist` is not under version control: what is changed beside it may or may not be in it.
  const changed = await git('status', '--porcelain', '--untracked-files=no')
  return `node ${process.version}, commit ${commit || 'unknown'}${changed === '' ? '' : ' with changes'}`
}

/** This repository's server with its logs at info, keys, and both providers; what differs is the store. */
const create = (name: string, toStore: (place: Place, port: number) => string): Contender => ({
  name,
  find: async ({ gateway }) =>
    existsSync(gateway)
      ? { version: await versionOf(gateway) }
      : { missing: `${gateway} does not exist: build it with pnpm build` },
  launch: (port, place) => ({
    command: process.execPath,
    args: [
      ...(place.profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${place.profiles}`]),
      place.gateway,
    ],
    cwd: place.work,
    env: {
      HOST: '127.0.0.1',
      PORT: `${port}`,
      GATEWAY_API_KEYS: `bench:${clientKey}`,
      GATEWAY_STORE: toStore(place, port),
      LOG_LEVEL: 'info',
      OPENAI_API_KEY: 'sk-upstream',
      OPENAI_BASE_URL: `http://127.0.0.1:${place.upstreamPort}/v1`,
      ANTHROPIC_API_KEY: 'sk-upstream',
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${place.upstreamPort}`,
    },
  }),
})

/** With the store that it has by default. */
export const ours = create('ours', ({ work }, port) => `sqlite:${join(work, `gateway-${port}.db`)}`)

/** With the store that forgets, as the others keep nothing either. */
export const oursInMemory = create('ours, memory store', () => 'memory:')
