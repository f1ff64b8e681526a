import * as z from 'zod'
import { type ApiKey, sha256 } from '../http/auth.ts'
import { check } from './check.ts'
import type { StoreConfig } from './config.ts'
import type { Fault } from './config-error.ts'
import { unknownTool } from './tool-names.ts'
import { logLevelSchema, portSchema, secretSchema, storeSchema, textSchema, urlSchema } from './values.ts'

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What both the environment and the file can say. */
export interface Settings {
  host?: string | undefined
  port?: number | undefined
  store?: StoreConfig | undefined
  defaultModel?: string | undefined
  /** Names of built-in tools, or `all`. */
  tools?: readonly string[] | undefined
  logLevel?: string | undefined
}

/** Providers that have variables of their own. */
export type KnownProvider = 'anthropic' | 'openai' | 'groq'

/** What the environment knows of a provider. */
export interface Endpoint {
  apiKey?: string | undefined
  baseURL?: string | undefined
}

/** What the environment says. */
export interface EnvironmentConfig {
  settings: Settings
  keys: readonly ApiKey[]
  /** In the order in which they are asked whether they serve a model. */
  endpoints: Readonly<Record<KnownProvider, Endpoint>>
}

const keysSchema = z.string().transform((value, context): ApiKey[] => {
  const keys = new Map<string, string>()
  for (const [index, entry] of value.split(',').entries()) {
    const colon = entry.indexOf(':')
    const tenant = entry.slice(0, colon).trim()
    const key = entry.slice(colon + 1).trim()
    // The fault is described by position: a key must not reach a log, not even a malformed one.
    const place = `entry ${index + 1}`
    if (colon < 1 || tenant === '' || key === '') {
      context.addIssue({ code: 'custom', message: `${place} must be tenant:key` })
    } else if (!/^[A-Za-z0-9._-]{1,64}$/.test(tenant)) {
      context.addIssue({
        code: 'custom',
        message: `${place}: a tenant has 1 to 64 letters, digits, ".", "_" or "-"`,
      })
    } else if (keys.has(key) && keys.get(key) !== tenant) {
      context.addIssue({ code: 'custom', message: `${place} gives one key to two tenants` })
    } else keys.set(key, tenant)
  }
  return [...keys].map(([key, tenant]) => ({ tenant, sha256: sha256(key) }))
})

const toolsSchema = z.string().transform((value, context): string[] => {
  const names = value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  for (const name of names) {
    const message = name === 'all' ? undefined : unknownTool(name)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  }
  return names
})

const schema = z.object({
  HOST: textSchema.optional(),
  PORT: portSchema.optional(),
  GATEWAY_STORE: storeSchema.optional(),
  GATEWAY_API_KEYS: keysSchema.optional(),
  ANTHROPIC_API_KEY: secretSchema.optional(),
  CLAUDE_API_KEY: secretSchema.optional(),
  ANTHROPIC_BASE_URL: urlSchema.optional(),
  OPENAI_API_KEY: secretSchema.optional(),
  OPENAI_BASE_URL: urlSchema.optional(),
  GROQ_API_KEY: secretSchema.optional(),
  GATEWAY_DEFAULT_MODEL: textSchema.optional(),
  GATEWAY_TOOLS: toolsSchema.optional(),
  LOG_LEVEL: logLevelSchema.optional(),
})

/** Reads the variables. An empty one is an unset one. */
export const readEnvironment = (
  environment: Environment,
): { value: EnvironmentConfig; faults: [] } | { value: undefined; faults: Fault[] } => {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const { value: env, faults } = check(schema, set)
  if (env === undefined) return { value: undefined, faults }
  const settings: Settings = {
    host: env.HOST,
    port: env.PORT,
    store: env.GATEWAY_STORE,
    defaultModel: env.GATEWAY_DEFAULT_MODEL,
    tools: env.GATEWAY_TOOLS,
    logLevel: env.LOG_LEVEL,
  }
  const endpoints = {
    anthropic: { apiKey: env.ANTHROPIC_API_KEY ?? env.CLAUDE_API_KEY, baseURL: env.ANTHROPIC_BASE_URL },
    openai: { apiKey: env.OPENAI_API_KEY, baseURL: env.OPENAI_BASE_URL },
    groq: { apiKey: env.GROQ_API_KEY },
  }
  return { value: { settings, keys: env.GATEWAY_API_KEYS ?? [], endpoints }, faults: [] }
}
