import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createToolRegistry } from '../registry.ts'
import type { ToolRegistry } from '../types.ts'
import { builtInTool, builtInToolNames } from './built-in.ts'

const caller = { tenant: 'acme' }

const registry = (): ToolRegistry => {
  const tools = createToolRegistry()
  for (const name of builtInToolNames) tools.register(builtInTool(name, { now: () => 1_795_341_000_999 }))
  return tools
}

const calculate = async (operation: string, a: unknown, b: unknown) => {
  const { status, content } = await registry().execute('calculator', { operation, a, b }, caller)
  return [status, content]
}

test('every built-in tool has its name, is harmless and may be run again', () => {
  expect(builtInToolNames).toEqual(['echo', 'calculator', 'timestamp'])
  for (const name of builtInToolNames) {
    expect(builtInTool(name)).toMatchObject({ name, dangerous: false, idempotent: true })
  }
})

test('no other name is a built-in tool', () => {
  for (const name of ['bash', 'Echo', 'constructor', '__proto__', ''])
    expect(builtInTool(name)).toBeUndefined()
})

test('echo answers with the message', async () => {
  const record = await registry().execute('echo', { message: 'Grüße 👋' }, caller)
  expect(record).toMatchObject({ tool: 'echo', status: 'ok', isError: false, content: 'Grüße 👋' })
  expect((await registry().execute('echo', { message: 1 }, caller)).status).toBe('invalid-input')
  expect((await registry().execute('echo', {}, caller)).status).toBe('invalid-input')
})

test('the calculator adds, subtracts, multiplies and divides', async () => {
  expect(await calculate('add', 5, 3)).toEqual(['ok', '8'])
  expect(await calculate('subtract', 5, 3)).toEqual(['ok', '2'])
  expect(await calculate('multiply', 5, 3)).toEqual(['ok', '15'])
  expect(await calculate('divide', 5, 2)).toEqual(['ok', '2.5'])
  expect(await calculate('multiply', -0, 3)).toEqual(['ok', '0'])
})

test('the calculator refuses division by zero, overflow, unknown operations and what is no number', async () => {
  expect(await calculate('divide', 1, 0)).toEqual(['failed', '1 cannot be divided by zero.'])
  expect(await calculate('divide', 1, -0)).toEqual(['failed', '1 cannot be divided by zero.'])
  expect(await calculate('multiply', 1e308, 10)).toEqual([
    'failed',
    'The result of multiply on 1e+308 and 10 is too large.',
  ])
  for (const operation of ['power', 'constructor', 'toString', '']) {
    expect((await calculate(operation, 1, 2))[0]).toBe('invalid-input')
  }
  for (const value of ['5', null, undefined, [1], { valueOf: 1 }]) {
    expect((await calculate('add', value, 2))[0]).toBe('invalid-input')
  }
})

test('on any two doubles the calculator answers with a finite number or a clear error', async () => {
  const tools = registry()
  const operation = fc.constantFrom('add', 'subtract', 'multiply', 'divide')
  await fc.assert(
    fc.asyncProperty(operation, fc.double(), fc.double(), async (name, a, b) => {
      const { status, content } = await tools.execute('calculator', { operation: name, a, b }, caller)
      if (status === 'ok') expect(Number.isFinite(JSON.parse(String(content)))).toBe(true)
      // JSON has neither NaN nor infinity, so they arrive as null.
      else expect(status).toBe(Number.isFinite(a) && Number.isFinite(b) ? 'failed' : 'invalid-input')
    }),
    { numRuns: 300 },
  )
})

test('timestamp answers with the injected time, in seconds, ISO 8601 and words', async () => {
  const record = await registry().execute('timestamp', {}, caller)
  expect(JSON.parse(String(record.content))).toEqual({
    timestamp: 1_795_341_000,
    iso8601: '2026-11-22T09:50:00.999Z',
    human: 'Sun, 22 Nov 2026 09:50:00 GMT',
  })
  expect((await registry().execute('timestamp', { zone: 'CET' }, caller)).status).toBe('invalid-input')
})
