import { z } from 'zod'
import { type ApiKey, sha256 } from './http/auth.ts'
import { isLoopbackHost } from './http/local-guard.ts'

/** Where sessions are kept. */
export type StoreConfig = { kind: 'memory' } | { kind: 'sqlite'; path: string }

/** A provider's endpoint and key. */
export interface EndpointConfig {
  apiKey: string
  baseURL?: string | undefined
}

/** What the gateway runs with. */
export interface Config {
  host: string
  port: number
  store: StoreConfig
  keys: ApiKey[]
  anthropic?: EndpointConfig | undefined
  openai?: EndpointConfig | undefined
  groq?: EndpointConfig | undefined
  defaultModel?: string | undefined
  /** Names of built-in tools, or `all`. */
  tools: string[]
  logLevel: string
  /** What an operator probably did not mean; no fault. */
  notes: string[]
}

/** The environment cannot be used; the message lists every fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })
const text = z.string().trim().min(1)

const storeSchema = text.transform((value, context): StoreConfig => {
  if (value === 'memory:' || value === 'memory') return { kind: 'memory' }
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(value)?.[1]
  if (path !== undefined) return { kind: 'sqlite', path }
  const known = /^(redis|rediss|postgres|postgresql):/.test(value)
  const message = known
    ? 'this version has no Redis or PostgreSQL store yet; use memory: or sqlite:PATH'
    : 'must be memory: or sqlite:PATH'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

const keysSchema = z.string().transform((value, context): ApiKey[] => {
  const keys = new Map<string, string>()
  for (const entry of value.split(',')) {
    const colon = entry.indexOf(':')
    const tenant = entry.slice(0, colon).trim()
    const key = entry.slice(colon + 1).trim()
    // The fault is described by position: a key must not reach a log, not even a malformed one.
    const place = `entry ${value.split(',').indexOf(entry) + 1}`
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

const schema = z.object({
  HOST: text.default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port, 0 to 65535')
    .transform(Number)
    .pipe(z.number().max(65_535, 'must be a port, 0 to 65535'))
    .default(8787),
  GATEWAY_STORE: storeSchema.default({ kind: 'sqlite', path: './data/gateway.db' }),
  GATEWAY_API_KEYS: keysSchema.default([]),
  ANTHROPIC_API_KEY: text.optional(),
  CLAUDE_API_KEY: text.optional(),
  ANTHROPIC_BASE_URL: httpUrl.optional(),
  OPENAI_API_KEY: text.optional(),
  OPENAI_BASE_URL: httpUrl.optional(),
  GROQ_API_KEY: text.optional(),
  GATEWAY_DEFAULT_MODEL: text.optional(),
  GATEWAY_TOOLS: z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    )
    .default(['echo', 'calculator', 'timestamp']),
  GATEWAY_CONFIG: z
    .undefined('this version reads no configuration file yet; use environment variables')
    .optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
})

const endpoint = (apiKey: string | undefined, baseURL: string | undefined): EndpointConfig | undefined =>
  apiKey === undefined ? undefined : { apiKey, baseURL }

/** Reads the environment. An empty variable is an unset one. @throws ConfigError that lists every fault. */
export const readConfig = (environment: Readonly<Record<string, string | undefined>>): Config => {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = schema.safeParse(set)
  if (!result.success) {
    const faults = result.error.issues.map(
      (issue) => `  ${issue.path.map(String).join('.')}: ${issue.message}`,
    )
    throw new ConfigError(`The configuration cannot be used:\n${faults.join('\n')}`)
  }
  const env = result.data
  if (env.GATEWAY_API_KEYS.length === 0 && !isLoopbackHost(env.HOST) && env.HOST !== '::1') {
    throw new ConfigError(
      `The configuration cannot be used:\n  HOST: "${env.HOST}" is reachable from other machines, and no ` +
        'GATEWAY_API_KEYS are set. Set GATEWAY_API_KEYS=tenant:key,… or bind to 127.0.0.1.',
    )
  }
  const notes = [
    ...(env.ANTHROPIC_BASE_URL !== undefined && !(env.ANTHROPIC_API_KEY ?? env.CLAUDE_API_KEY)
      ? ['ANTHROPIC_BASE_URL is set without ANTHROPIC_API_KEY, and so has no effect']
      : []),
    ...(env.OPENAI_BASE_URL !== undefined && !env.OPENAI_API_KEY
      ? ['OPENAI_BASE_URL is set without OPENAI_API_KEY, and so has no effect']
      : []),
  ]
  return {
    notes,
    host: env.HOST,
    port: env.PORT,
    store: env.GATEWAY_STORE,
    keys: env.GATEWAY_API_KEYS,
    anthropic: endpoint(env.ANTHROPIC_API_KEY ?? env.CLAUDE_API_KEY, env.ANTHROPIC_BASE_URL),
    openai: endpoint(env.OPENAI_API_KEY, env.OPENAI_BASE_URL),
    groq: endpoint(env.GROQ_API_KEY, undefined),
    defaultModel: env.GATEWAY_DEFAULT_MODEL,
    tools: env.GATEWAY_TOOLS,
    logLevel: env.LOG_LEVEL,
  }
}
