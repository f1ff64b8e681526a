import { toPath } from './check.ts'
import type { Fault } from './config-error.ts'
import { unknownTool } from './tool-names.ts'

/**
 * What the parts of a file have against each other: targets at providers that do not exist, things that are there twice,
 * tools that nobody knows. Works on the raw value, so that these faults are told together with those of the schema;
 * what does not have its shape is passed over, since the schema says so.
 */
export const crossCheck = (file: unknown, environmentProviders: readonly string[]): Fault[] => {
  const { providers, models, keys, tools } = asRecord(file)
  const known = [...Object.keys(asRecord(providers)), ...environmentProviders]
  return [
    ...Object.entries(asRecord(models)).flatMap(([name, model]) =>
      targetFaults(asList(asRecord(model).targets), ['models', name, 'targets'], known),
    ),
    ...asList(keys).flatMap((key, index) => keyFaults(asRecord(key), ['keys', index])),
    ...repeatedKeys(asList(keys)),
    ...toolFaults(asList(asRecord(tools).enabled), ['tools', 'enabled'], ['all']),
    ...Object.entries(asRecord(asRecord(tools).policies)).flatMap(([tenant, rule]) =>
      ['allow', 'deny'].flatMap((kind) =>
        toolFaults(asList(asRecord(rule)[kind]), ['tools', 'policies', tenant, kind]),
      ),
    ),
  ]
}

type Path = readonly PropertyKey[]

const targetFaults = (targets: readonly unknown[], path: Path, known: readonly string[]): Fault[] => {
  const seen = new Set<string>()
  return targets.flatMap((target, index) => {
    const { provider, model } = asRecord(target)
    if (typeof provider !== 'string') return []
    if (!known.includes(provider)) {
      const message = `there is no provider ${quote(provider)}; there is ${known.join(', ') || 'none'}`
      return [{ path: toPath([...path, index, 'provider']), message }]
    }
    const name = `${provider}/${String(model)}`
    const isRepeated = seen.has(name)
    seen.add(name)
    return isRepeated
      ? [{ path: toPath([...path, index]), message: `${quote(name)} is a target already` }]
      : []
  })
}

const keyFaults = ({ key, keySha256, tools }: Record<string, unknown>, path: Path): Fault[] => [
  ...((key === undefined) === (keySha256 === undefined)
    ? [{ path: toPath(path), message: 'must have either key or keySha256' }]
    : []),
  ...toolFaults(asList(tools), [...path, 'tools']),
]

const repeatedKeys = (keys: readonly unknown[]): Fault[] => {
  const seen = new Set<unknown>()
  return keys.flatMap((entry, index) => {
    const { key, keySha256 } = asRecord(entry)
    const value = key ?? keySha256
    const isRepeated = value !== undefined && seen.has(value)
    seen.add(value)
    return isRepeated
      ? [{ path: toPath(['keys', index]), message: 'is a key that stands above already' }]
      : []
  })
}

const toolFaults = (names: readonly unknown[], path: Path, also: readonly string[] = []): Fault[] =>
  names.flatMap((name, index) => {
    const message = typeof name === 'string' && !also.includes(name) ? unknownTool(name) : undefined
    return message === undefined ? [] : [{ path: toPath([...path, index]), message }]
  })

const quote = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const asRecord = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
