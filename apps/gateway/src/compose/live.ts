import {
  createHealthBook,
  type ProviderManager,
  systemClock,
  type Target,
  type Transport,
} from '@gateway/provider'
import type { ToolRegistry } from '@gateway/tool'
import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import { isLocal } from '../config/read-config.ts'
import type { AppSettings } from '../deps.ts'
import { type Access, createAccess } from '../http/auth.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { logAttempt } from './attempt-log.ts'
import { createModelEntries } from './model-entries.ts'
import { chooseDefaultModel, composeProviders, type ProviderParts } from './providers.ts'
import { reloadableProviders, reloadableTools } from './reloadable.ts'
import { composeTools } from './tools.ts'

/** The parts of a gateway that follow its configuration. */
export interface Live {
  providers: ProviderManager
  tools: ToolRegistry
  access: Access
  settings(): AppSettings
  /** All of the new configuration from one moment to the next, or nothing of it. @throws ConfigError */
  reload(config: Config): void
}

/** Options of {@link createLive}. */
export interface LiveOptions {
  transport: Transport
  metrics: Metrics
  log: Logger
}

// What is there once: a socket, a file, a book of health, a log.
const fixed = ['host', 'port', 'store', 'breaker', 'logLevel'] as const

/** Makes them, over a transport and a health book that stay. @throws ConfigError */
export const createLive = (first: Config, { transport, metrics, log }: LiveOptions): Live => {
  const health = createHealthBook(systemClock, first.breaker)
  const onAttempt: ProviderParts['onAttempt'] = (record, request) => {
    metrics.attempt(record)
    logAttempt(log, record, request)
  }
  const make = (config: Config) => ({
    providers: composeProviders(config, { transport, health, onAttempt }),
    tools: composeTools(config.tools, log, metrics.tool),
    settings: toSettings(config),
  })
  const made = make(first)
  metrics.showModels(made.providers, targetsOf(first))
  let { settings } = made
  const providers = reloadableProviders(made.providers)
  const tools = reloadableTools(made.tools)
  const access = createAccess(first.keys)

  return {
    providers: providers.facade,
    tools: tools.facade,
    access,
    settings: () => settings,
    reload(config) {
      if (config.keys.length === 0 && !isLocal(first.host)) {
        const message = `must hold a key while the gateway listens on "${first.host}", which others reach`
        throw new ConfigError([{ path: 'keys', message }], config.file)
      }
      const next = make(config)
      // From here on nothing fails.
      providers.replace(next.providers)
      tools.replace(next.tools)
      settings = next.settings
      metrics.showModels(next.providers, targetsOf(config))
      access.replace(config.keys)
      const waiting = fixed.filter((name) => JSON.stringify(config[name]) !== JSON.stringify(first[name]))
      if (waiting.length > 0) log.warn({ settings: waiting }, 'these settings change with the next start')
    },
  }
}

const targetsOf = ({ models }: Config): Target[] =>
  Object.values(models).flatMap(({ targets }) => [...targets])

const toSettings = (config: Config): AppSettings => ({
  defaultModel: chooseDefaultModel(config),
  modelEntry: createModelEntries(config.catalogue),
})
