import { access, readFile } from 'node:fs/promises'
import { basename, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError } from './config-error.ts'
import type { ParsedFile } from './read-config.ts'

const name = 'gateway.config'
const data = ['.yaml', '.yml', '.json']
const code = ['.ts', '.mjs']

/**
 * The file that counts: the one that is named, else `gateway.config.*` in the working directory, if there is one.
 * @throws ConfigError where it does not exist, has another ending, or several lie there.
 */
export const findConfigFile = async (named: string | undefined, cwd: string): Promise<string | undefined> => {
  const endings = [...data, ...code]
  if (named !== undefined) {
    const path = resolve(cwd, named)
    if (!endings.includes(extname(path))) throw fault(path, `must end in ${endings.join(', ')}`)
    if (!(await exists(path))) throw fault(path, 'does not exist, and GATEWAY_CONFIG names it')
    return path
  }
  const paths = endings.map((ending) => resolve(cwd, name + ending))
  const found: string[] = []
  for (const path of paths) if (await exists(path)) found.push(path)
  if (found.length > 1) {
    const names = found.map((path) => basename(path)).join(', ')
    throw fault(cwd, `holds ${names}: keep one of them, or name one with GATEWAY_CONFIG`)
  }
  return found[0]
}

/**
 * Reads and parses a file. Code (`.ts`, `.mjs`) is run, and exports its configuration as `default`; `version` makes
 * Node run it again.
 * @throws ConfigError that says where it cannot be read, and quotes nothing of it: it may hold keys.
 */
export const parseConfigFile = async (path: string, version: string): Promise<ParsedFile> => {
  if (!code.includes(extname(path))) return { path, value: await parseData(path) }
  const url = pathToFileURL(path)
  url.searchParams.set('version', version)
  let module: unknown
  try {
    module = await import(url.href)
  } catch (error) {
    throw fault(path, `cannot be run: ${error instanceof Error ? error.message : 'it threw something'}`)
  }
  const value: unknown =
    typeof module === 'object' && module !== null ? Reflect.get(module, 'default') : undefined
  if (value === undefined) throw fault(path, 'exports no configuration: it needs `export default { … }`')
  return { path, value }
}

const parseData = async (path: string): Promise<unknown> => {
  const text = await read(path)
  // Who has no such file need not load the parser.
  const { parseYaml } = await import('./parse-yaml.ts')
  return parseYaml(text, path)
}

const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw fault(path, `cannot be read (${codeOf(error)})`)
  }
}

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw fault(path, `cannot be read (${codeOf(error)})`)
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'

const fault = (path: string, message: string): ConfigError => new ConfigError([{ path, message }], path)
