import { expect, test } from 'vitest'
import { builtInTool } from './built-in/built-in.ts'
import { defineTool } from './define-tool.ts'
import { isToolError } from './errors.ts'
import { allowList } from './policies.ts'
import { createToolRegistry } from './registry.ts'
import type { Tool } from './types.ts'

const caller = { tenant: 'acme' }
const bash = defineTool({
  name: 'bash',
  description: 'Runs a command.',
  dangerous: true,
  input: { type: 'object' },
  execute: () => 'ran',
})

const codeOf = (action: () => unknown): unknown => {
  try {
    action()
  } catch (error) {
    return isToolError(error) ? error.code : error
  }
  return 'nothing was thrown'
}

test('registers tools, finds them, and refuses a name that is taken', () => {
  const tools = createToolRegistry()
  const echo = builtInTool('echo')
  tools.register(echo)
  expect(tools.get('echo')).toBe(echo)
  expect(tools.get('calculator')).toBeUndefined()
  expect(tools.get('constructor')).toBeUndefined()
  expect(codeOf(() => tools.register(builtInTool('echo')))).toBe('invalid-tool')
})

test('refuses tools made by hand that models could not call', () => {
  const tools = createToolRegistry()
  const byHand = (changes: Partial<Tool>): Tool => ({ ...builtInTool('echo'), ...changes })
  expect(codeOf(() => tools.register(byHand({ name: 'no spaces' })))).toBe('invalid-tool')
  expect(codeOf(() => tools.register(byHand({ inputSchema: { type: 'array' } })))).toBe('invalid-tool')
  expect(codeOf(() => tools.register(byHand({ timeoutMs: -1 })))).toBe('invalid-tool')
  const badSchema = byHand({ schema: undefined, inputSchema: { type: 'object', $ref: '#/none' } })
  expect(codeOf(() => tools.register(badSchema))).toBe('invalid-tool')
  expect(tools.list(caller)).toEqual([])
})

test('validates a tool made by hand against its JSON Schema', async () => {
  const tools = createToolRegistry()
  tools.register({ ...builtInTool('echo'), schema: undefined })
  expect((await tools.execute('echo', {}, caller)).status).toBe('invalid-input')
  expect((await tools.execute('echo', { message: 'hi' }, caller)).content).toBe('hi')
})

test('lists what the caller may use, in the order of registration', () => {
  const tools = createToolRegistry()
  for (const name of ['timestamp', 'echo', 'calculator'] as const) tools.register(builtInTool(name))
  tools.register(bash)
  const names = (allowed?: string[]) => tools.list({ ...caller, allowed }).map(({ name }) => name)
  expect(names()).toEqual(['timestamp', 'echo', 'calculator'])
  expect(names(['calculator', 'timestamp', 'bash', 'none'])).toEqual(['timestamp', 'calculator'])
  expect(names([])).toEqual([])
  expect(tools.list(caller)[1]).toEqual({
    name: 'echo',
    description: expect.stringContaining('message'),
    inputSchema: builtInTool('echo').inputSchema,
    available: true,
    reason: undefined,
  })
})

test('lists a tool that is impossible here with the reason, and offers it to no model', async () => {
  const tools = createToolRegistry({ policy: allowList(['echo', 'bash']) })
  tools.register(builtInTool('echo'))
  tools.register(bash, { unavailable: 'There is no sandbox on this machine.' })
  expect(tools.list(caller).map(({ name, available, reason }) => [name, available, reason])).toEqual([
    ['echo', true, undefined],
    ['bash', false, 'There is no sandbox on this machine.'],
  ])
  expect(tools.toProviderTools(caller).map(({ name }) => name)).toEqual(['echo'])
  expect(await tools.execute('bash', {}, caller)).toMatchObject({
    status: 'unavailable',
    isError: true,
    content: 'There is no sandbox on this machine.',
  })
})

test('gives models name, description and schema of the tools that they may call', () => {
  const tools = createToolRegistry({ policy: allowList({ acme: ['echo', 'calculator'], globex: ['echo'] }) })
  for (const name of ['calculator', 'timestamp', 'echo'] as const) tools.register(builtInTool(name))
  const { description, inputSchema } = builtInTool('calculator')
  expect(tools.toProviderTools(caller)[0]).toEqual({ name: 'calculator', description, inputSchema })
  expect(tools.toProviderTools(caller).map(({ name }) => name)).toEqual(['calculator', 'echo'])
  expect(tools.toProviderTools({ tenant: 'globex' }).map(({ name }) => name)).toEqual(['echo'])
})

test('what is not listed is not run, and what is listed is: for every caller', async () => {
  const tools = createToolRegistry({ policy: allowList({ acme: ['echo', 'bash'], globex: ['timestamp'] }) })
  const all = [builtInTool('echo'), builtInTool('timestamp'), bash]
  for (const tool of all) tools.register(tool)
  for (const tenant of ['acme', 'globex', 'initech']) {
    for (const allowed of [undefined, ['bash', 'timestamp'], []]) {
      const listed = tools.list({ tenant, allowed }).map(({ name }) => name)
      for (const { name } of all) {
        const { status } = await tools.execute(name, { message: 'x' }, { tenant, allowed })
        expect(status === 'denied').toBe(!listed.includes(name))
      }
    }
  }
})

test('refuses limits that make no sense', () => {
  expect(codeOf(() => createToolRegistry({ limits: { timeoutMs: -5 } }))).toBe('limit')
})
