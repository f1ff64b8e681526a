import { type ApiKey, sha256 } from '../http/auth.ts'
import { isLoopbackHost } from '../http/local-guard.ts'
import { check } from './check.ts'
import type { Config, ProviderConfig } from './config.ts'
import { ConfigError, type Fault } from './config-error.ts'
import { crossCheck } from './cross-checks.ts'
import { type Endpoint, type Environment, type EnvironmentConfig, readEnvironment } from './environment.ts'
import { type ConfigFile, fileSchema } from './file-schema.ts'
import { resolveReferences } from './references.ts'

/** A file that was read and parsed. */
export interface ParsedFile {
  path: string
  value: unknown
}

/**
 * What the gateway runs with, by its environment and its file, where there is one. Where both say the same thing the
 * environment wins; a provider that stands in the file is the file's, and the environment fills only its gaps.
 *
 * @throws ConfigError that lists every fault of both.
 */
export const readConfig = (environment: Environment, file?: ParsedFile): Config => {
  const env = readEnvironment(environment)
  const resolved = resolveReferences(file?.value ?? {}, environment)
  const checked = check(fileSchema, resolved.value)
  const cross = crossCheck(resolved.value, env.value === undefined ? [] : namesOf(env.value))
  // What could not be filled in has its fault; what a schema says of the gap is no news.
  const isNews = ({ path }: Fault) => !resolved.faults.some((fault) => fault.path === path)
  const faults = [
    ...env.faults,
    ...resolved.faults,
    ...[...checked.faults, ...cross].filter(isNews).map(({ path, message }) => ({
      path,
      message: resolved.hide(message),
    })),
  ]
  if (env.value === undefined || checked.value === undefined || faults.length > 0)
    throw new ConfigError(faults, file?.path)
  return combine(env.value, checked.value, file?.path)
}

const namesOf = ({ endpoints }: EnvironmentConfig): string[] =>
  Object.entries(endpoints)
    .filter(([, { apiKey }]) => apiKey !== undefined)
    .map(([name]) => name)

const combine = (env: EnvironmentConfig, file: ConfigFile, path: string | undefined): Config => {
  const { settings } = env
  const faults: Fault[] = []
  const providers = combineProviders(env.endpoints, file.providers, faults)
  const keys = combineKeys(env.keys, file.keys, faults)
  const host = settings.host ?? file.host ?? '127.0.0.1'
  if (keys.length === 0 && !isLocal(host)) {
    const message =
      `"${host}" is reachable from other machines, and there are no keys. ` +
      'Set GATEWAY_API_KEYS=tenant:key,… or bind to 127.0.0.1.'
    faults.push({ path: settings.host === undefined ? 'host' : 'HOST', message })
  }
  if (faults.length > 0) throw new ConfigError(faults, path)
  return {
    host,
    port: settings.port ?? file.port ?? 8787,
    store: settings.store ?? file.store ?? { kind: 'sqlite', path: './data/gateway.db' },
    keys,
    providers,
    models: file.models,
    timeouts: file.timeouts,
    retry: file.retry,
    breaker: file.breaker,
    catalogue: file.catalogue,
    defaultModel: settings.defaultModel ?? file.defaultModel,
    tools: {
      enabled: settings.tools ?? file.tools.enabled ?? ['echo', 'calculator', 'timestamp'],
      policies: file.tools.policies,
    },
    logLevel: settings.logLevel ?? file.logLevel ?? 'info',
    file: path,
    notes: notesOf(env.endpoints, file.providers),
  }
}

/** Is it an address of this machine alone? */
export const isLocal = (host: string): boolean => isLoopbackHost(host) || host === '::1'

/** Those of the file in its order, then those that only the environment has. */
const combineProviders = (
  endpoints: EnvironmentConfig['endpoints'],
  file: ConfigFile['providers'],
  faults: Fault[],
): ProviderConfig[] => {
  const made: ProviderConfig[] = []
  for (const [name, entry] of Object.entries(file)) {
    if (entry.type === 'mock') made.push({ ...entry, name })
    else if (entry.type === 'openai-compatible') {
      // A word that local servers' manuals use where a client insists on a key.
      made.push({ ...entry, name, apiKey: entry.apiKey === 'none' ? undefined : entry.apiKey })
    } else {
      // Under its usual name alone: another account must not silently be billed to this one.
      const usual: Endpoint = name === entry.type ? endpoints[entry.type] : {}
      const apiKey = entry.apiKey ?? usual.apiKey
      if (apiKey === undefined) faults.push({ path: `providers.${name}.apiKey`, message: 'is missing' })
      else made.push({ ...entry, name, apiKey, baseURL: entry.baseURL ?? usual.baseURL })
    }
  }
  for (const type of ['anthropic', 'openai', 'groq'] as const) {
    const { apiKey, baseURL } = endpoints[type]
    if (apiKey !== undefined && !Object.hasOwn(file, type)) made.push({ type, name: type, apiKey, baseURL })
  }
  return made
}

const combineKeys = (environment: readonly ApiKey[], file: ConfigFile['keys'], faults: Fault[]): ApiKey[] => {
  const keys = [...environment]
  for (const [index, { tenant, key, keySha256, models, tools }] of file.entries()) {
    const hash = keySha256 ?? sha256(key ?? '')
    if (keys.some((other) => other.sha256 === hash)) {
      faults.push({ path: `keys[${index}]`, message: 'is a key that is given already' })
    } else keys.push({ tenant, sha256: hash, models, tools })
  }
  return keys
}

const notesOf = (endpoints: EnvironmentConfig['endpoints'], file: ConfigFile['providers']): string[] =>
  Object.entries(endpoints)
    .filter(
      ([name, { apiKey, baseURL }]) =>
        baseURL !== undefined && apiKey === undefined && !Object.hasOwn(file, name),
    )
    .map(([name]) => {
      const prefix = name.toUpperCase()
      return `${prefix}_BASE_URL is set without ${prefix}_API_KEY, and so has no effect`
    })
