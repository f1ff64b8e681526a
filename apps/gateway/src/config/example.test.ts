import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Transport } from '@gateway/provider'
import { expect, test } from 'vitest'
import { chooseDefaultModel, composeProviders } from '../compose/providers.ts'
import { fileSchema } from './file-schema.ts'
import { loadConfig } from './load-config.ts'

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const example = pathOf('../../examples/gateway.config.yaml')
const page = readFileSync(pathOf('../../../../docs/configuration.md'), 'utf8')
const transport: Transport = { dispatch: () => Promise.reject(new Error('Nothing is sent here.')) }

test('the example of the page is a file that the gateway starts with', async () => {
  expect(page).toContain(`\`\`\`yaml\n${readFileSync(example, 'utf8')}\`\`\``)
  const environment = {
    GATEWAY_CONFIG: example,
    OPENAI_API_KEY: 'o',
    TEAM_ANTHROPIC_KEY: 'a',
    ACME_KEY: 'k',
  }
  const config = await loadConfig(environment, '/')
  expect(composeProviders(config, { transport }).models()).toEqual(['fast', 'shared', 'thrifty', 'assistant'])
  expect(chooseDefaultModel(config)).toBe('fast')
  expect(config.models.assistant?.taskRules?.[0]?.match.test('Why this stack trace?')).toBe(true)
})

test('the page names every setting', () => {
  const missing = Object.keys(fileSchema.shape).filter((name) => !page.includes(`| \`${name}\``))
  expect(missing).toEqual([])
})
