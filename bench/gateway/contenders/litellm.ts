import { existsSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Contender, clientKey, type Place } from './contender.ts'
import { exec } from './exec.ts'

const version = '1.106.2'
const binIn = (cache: string, name: string): string => join(cache, 'litellm', 'bin', name)

const toConfig = ({ upstreamPort }: Place): string => `
model_list:
  - model_name: "gpt-*"
    litellm_params: { model: "openai/gpt-*", api_base: "http://127.0.0.1:${upstreamPort}/v1", api_key: sk-upstream }
  - model_name: "claude-*"
    litellm_params: { model: "anthropic/claude-*", api_base: "http://127.0.0.1:${upstreamPort}", api_key: sk-upstream }
litellm_settings: { drop_params: true, telemetry: false, use_chat_completions_url_for_anthropic_messages: true }
general_settings: { master_key: ${clientKey} }
`

/** LiteLLM's proxy: one worker, no database, no callbacks. */
export const litellm: Contender = {
  name: 'LiteLLM',
  find: async ({ cache }) =>
    existsSync(binIn(cache, 'litellm'))
      ? { version: `${version}, ${(await exec(binIn(cache, 'python'), ['--version'])).trim()}` }
      : { missing: 'not installed' },
  launch: (port, place) => {
    const config = join(place.work, `litellm-${port}.yaml`)
    writeFileSync(config, toConfig(place))
    return {
      command: binIn(place.cache, 'litellm'),
      args: ['--config', config, '--host', '127.0.0.1', '--port', `${port}`, '--num_workers', '1'],
      cwd: place.work,
      // It reads a price list from the network unless told not to.
      env: { LITELLM_MODE: 'PRODUCTION', LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_TELEMETRY: 'False' },
    }
  },
}

/** Installs the proxy into an environment of its own in the cache. */
export const installLitellm = async (cache: string): Promise<void> => {
  if (existsSync(binIn(cache, 'litellm'))) return
  const dir = join(cache, 'litellm')
  await rm(dir, { recursive: true, force: true })
  await mkdir(cache, { recursive: true })
  await exec('python3', ['-m', 'venv', dir])
  await exec(binIn(cache, 'pip'), ['install', '--quiet', `litellm[proxy]==${version}`])
}
