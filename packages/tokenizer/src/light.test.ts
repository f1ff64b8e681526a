import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Files that importing `file` loads at once, itself included: dynamic imports and imports of types are no part of it. */
const loadedBy = (file: URL, seen = new Set<string>()): Set<string> => {
  if (seen.has(file.href)) return seen
  seen.add(file.href)
  const statements = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm)
  for (const [, specifier = ''] of statements) {
    if (specifier.startsWith('.')) loadedBy(new URL(specifier, file), seen)
    else seen.add(specifier)
  }
  return seen
}

test('importing the package loads no rank table and nothing of another package', () => {
  const loaded = [...loadedBy(new URL('./index.ts', import.meta.url))]
  expect(loaded.length).toBeGreaterThan(20)
  expect(loaded.filter((name) => /-base\.ts$/.test(name) || !name.startsWith('file:'))).toEqual([])
})

test('a sub-path of a table is what loads it', () => {
  const loaded = [...loadedBy(new URL('./encodings/o200k-base.ts', import.meta.url))]
  expect(loaded).toContain('tiktoken/encoders/o200k_base')
})

test('the names that the package exports are these', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'TokenizerError',
    'addUsage',
    'countAsync',
    'createEncoding',
    'createEstimator',
    'createStreamCounter',
    'createTokenizer',
    'detectModel',
    'getTokenizer',
    'isTokenizerError',
    'loadEncoding',
  ])
})
