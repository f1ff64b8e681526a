import type {
  BreakerOptions,
  CatalogueOverrides,
  ChatQuirks,
  ModelRoute,
  RetryOptions,
  Timeouts,
} from '@gateway/provider'
import type { ApiKey } from '../http/auth.ts'

/** Where sessions are kept. */
export type StoreConfig = { kind: 'memory' } | { kind: 'sqlite'; path: string }

/** What every provider's entry may say. */
interface CommonProviderConfig {
  name: string
  models?: readonly string[] | undefined
  headers?: Record<string, string> | undefined
}

/** A provider to be made; `type` says by which factory. */
export type ProviderConfig =
  | (CommonProviderConfig & {
      type: 'anthropic'
      apiKey: string
      baseURL?: string | undefined
      anthropicVersion?: string | undefined
    })
  | (CommonProviderConfig & {
      type: 'openai'
      apiKey: string
      baseURL?: string | undefined
      organization?: string | undefined
      project?: string | undefined
    })
  | (CommonProviderConfig & { type: 'groq'; apiKey: string; baseURL?: string | undefined })
  | (CommonProviderConfig & {
      type: 'openai-compatible'
      apiKey?: string | undefined
      baseURL: string
      models: readonly string[]
      quirks?: ChatQuirks | undefined
    })
  | { type: 'mock'; name: string; models?: readonly string[] | undefined }

/** Which tools a tenant may use: these alone, or all but these. */
export type ToolRule = { allow: readonly string[] } | { deny: readonly string[] }

/** Which built-in tools are on, and for whom. */
export interface ToolsConfig {
  /** Names of built-in tools, or `all`. */
  enabled: readonly string[]
  /** By tenant; `*` is every tenant that is not named. */
  policies: Readonly<Record<string, ToolRule>>
}

/** What the gateway runs with. */
export interface Config {
  host: string
  port: number
  store: StoreConfig
  keys: readonly ApiKey[]
  /** In the order in which they are asked whether they serve a model. Empty: the mock alone. */
  providers: readonly ProviderConfig[]
  /** Model names of the operator's own. */
  models: Readonly<Record<string, ModelRoute>>
  timeouts?: Timeouts | undefined
  retry?: RetryOptions | undefined
  breaker?: BreakerOptions | undefined
  catalogue: CatalogueOverrides
  defaultModel?: string | undefined
  tools: ToolsConfig
  logLevel: string
  /** The file that was read, as an absolute path. */
  file?: string | undefined
  /** What an operator probably did not mean; no fault. */
  notes: readonly string[]
}
