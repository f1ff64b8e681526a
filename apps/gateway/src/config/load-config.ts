import type { Config } from './config.ts'
import type { Environment } from './environment.ts'
import { findConfigFile, parseConfigFile } from './parse-file.ts'
import { readConfig } from './read-config.ts'

/**
 * What the gateway runs with: finds the file, reads it, and checks it together with the environment.
 * @throws ConfigError that lists every fault.
 */
export const loadConfig = async (environment: Environment, cwd: string): Promise<Config> => {
  const path = await findConfigFile(environment.GATEWAY_CONFIG || undefined, cwd)
  if (path === undefined) return readConfig(environment)
  return readConfig(environment, await parseConfigFile(path, crypto.randomUUID()))
}
