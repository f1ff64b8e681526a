import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    // Not there, or not ours to run: the next folder may have it.
    return false
  }
}

/** What the lookup reads of the environment. */
export interface RequirementEnv {
  readonly PATH?: string | undefined
  /** `1` turns a skip into a failure: set where everything is meant to be installed. */
  readonly GATEWAY_REQUIRE_ALL?: string | undefined
}

/**
 * Finds a program that a suite needs and that not every machine has, for example `redis-server`.
 * `.ci/run` installs all of them; a suite that asks for one that is not in its list fails the architecture test.
 *
 * @returns its path, or `undefined` where it is missing: then the suite skips, with `test.skipIf(path === undefined)`.
 * @throws Error instead of returning `undefined` when `GATEWAY_REQUIRE_ALL` is `1`.
 */
export const requireOrSkip = (program: string, env: RequirementEnv = process.env): string | undefined => {
  const path = (env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(isExecutable)
  if (path === undefined && env.GATEWAY_REQUIRE_ALL === '1') {
    throw new Error(`${program} is not on PATH, and GATEWAY_REQUIRE_ALL=1 allows no skip; install it.`)
  }
  return path
}
