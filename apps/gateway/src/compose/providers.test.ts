import type { Transport } from '@gateway/provider'
import { expect, test } from 'vitest'
import { readConfig } from '../config/read-config.ts'
import { chooseDefaultModel, composeProviders } from './providers.ts'

const transport: Transport = { dispatch: () => Promise.reject(new Error('Nothing is sent here.')) }
const compose = (environment: Record<string, string>) => {
  const config = readConfig(environment)
  const providers = composeProviders(config, { transport })
  return {
    names: providers.list().map(({ name }) => name),
    model: chooseDefaultModel(config),
    providers,
  }
}

test('each key adds its provider, and the first has the default model', () => {
  const all = { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', GROQ_API_KEY: 'k' }
  expect(compose(all)).toMatchObject({ names: ['anthropic', 'openai', 'groq'], model: 'claude-sonnet-4-6' })
  expect(compose({})).toMatchObject({ names: ['mock'], model: 'mock' })
})

test.for(['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GROQ_API_KEY'])(
  'with %s alone its default model is served',
  (key) => {
    const { names, model, providers } = compose({ [key]: 'k' })
    expect(names).toEqual([providers.resolve(model).provider.name])
  },
)
