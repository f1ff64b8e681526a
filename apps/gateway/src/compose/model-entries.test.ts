import { lookupModel } from '@gateway/provider'
import { expect, test } from 'vitest'
import { createModelEntries } from './model-entries.ts'

test('a model is known by what the catalogue says, asked once or again, among thousands of others', () => {
  const catalogue = {
    'openai/gpt-4.1': { prices: { input: 1 } },
    'own/model': { sameAs: 'openai/gpt-4.1' },
  }
  const modelEntry = createModelEntries(catalogue)
  const models = [
    'gpt-4.1',
    'gpt-4.1-2025-04-14',
    'gpt-4.1-mini',
    'model',
    'nobody knows it',
    'x'.repeat(300),
  ]
  const expectAll = () => {
    for (const provider of ['openai', 'own', 'other'])
      for (const model of models)
        expect(modelEntry(provider, model)).toEqual(lookupModel(provider, model, catalogue))
  }
  expectAll()
  expectAll()
  for (let n = 0; n < 3000; n += 1) expect(modelEntry('own', `made up ${n}`)).toBe(undefined)
  expectAll()
})
