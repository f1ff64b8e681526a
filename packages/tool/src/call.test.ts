import type { JsonObject, ToolUseBlock } from '@gateway/provider'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { builtInTool, builtInToolNames } from './built-in/built-in.ts'
import { defineTool, type JsonSchemaToolOptions } from './define-tool.ts'
import { ToolError } from './errors.ts'
import { allowList, denyList } from './policies.ts'
import { createToolRegistry, type ToolRegistryOptions } from './registry.ts'
import type { ToolContext, ToolExecution, ToolOutput, ToolRegistry } from './types.ts'

const caller = { tenant: 'acme' }

/** A registry with one tool, `probe`, that takes any object. */
const withProbe = (
  execute: JsonSchemaToolOptions<JsonObject>['execute'],
  options?: ToolRegistryOptions,
): ToolRegistry => {
  const tools = createToolRegistry(options)
  tools.register(defineTool({ name: 'probe', description: '', input: { type: 'object' }, execute }))
  return tools
}

/** Tools may throw anything and, in JavaScript, return anything. */
const answering = (output: unknown): Promise<ToolExecution> =>
  withProbe(() => output as ToolOutput).execute('probe', {}, caller)

const throwing = (thrown: unknown): Promise<ToolExecution> =>
  withProbe(() => {
    throw thrown
  }).execute('probe', {}, caller)

const toolUse = (name: string, input: JsonObject, inputText?: string): ToolUseBlock => ({
  type: 'tool-use',
  id: 'call_1',
  name,
  input,
  inputText,
})

test('leaves a record of a call: how it ended, how long it took, how much came out', async () => {
  let clock = 100
  const tools = withProbe(
    () => {
      clock += 25
      return 'Grüße'
    },
    { now: () => 1_700_000_000_000, monotonicNow: () => clock },
  )
  expect(await tools.execute('probe', {}, caller)).toEqual({
    tool: 'probe',
    toolUseId: undefined,
    status: 'ok',
    isError: false,
    content: 'Grüße',
    durationMs: 25,
    bytes: 7,
    truncated: false,
    retries: 0,
    startedAt: 1_700_000_000_000,
  })
})

test('runs what a model asked for', async () => {
  const tools = createToolRegistry()
  tools.register(builtInTool('calculator'))
  const record = await tools.executeToolUse(toolUse('calculator', { operation: 'add', a: 5, b: 3 }), caller)
  expect(record).toMatchObject({ tool: 'calculator', toolUseId: 'call_1', status: 'ok', content: '8' })
})

test('the raw text of the arguments wins, empty text is no arguments, and cut text is told to the model', async () => {
  const tools = withProbe((input) => input)
  const run = async (inputText?: string) =>
    tools.executeToolUse(toolUse('probe', { from: 'input' }, inputText), caller)
  expect((await run()).content).toBe('{"from":"input"}')
  expect((await run('{"from":"text"}')).content).toBe('{"from":"text"}')
  expect((await run('')).content).toBe('{}')
  expect(await run('{"from": "te')).toMatchObject({
    status: 'invalid-input',
    isError: true,
    content: expect.stringContaining('is not valid JSON (fault at position 12 of 12): "{\\"from\\": \\"te"'),
  })
  expect((await run('[1]')).status).toBe('invalid-input')
})

test('gives the tool who asks, and a signal of its own', async () => {
  let seen: ToolContext | undefined
  const tools = withProbe((_, context) => {
    seen = context
    return 'ok'
  })
  const { signal } = new AbortController()
  await tools.executeToolUse(toolUse('probe', {}), { tenant: 't', sessionId: 's', turnId: 'u', signal })
  expect(seen).toEqual({
    tenant: 't',
    sessionId: 's',
    turnId: 'u',
    toolUseId: 'call_1',
    signal: expect.any(AbortSignal),
  })
  expect(seen?.signal.aborted).toBe(false)
})

test('judges in order: exists, policy, input', async () => {
  const ran: string[] = []
  const tools = createToolRegistry({ policy: denyList(['secret']) })
  for (const name of ['secret', 'open']) {
    const input = { type: 'object', required: ['a'] }
    tools.register(defineTool({ name, description: '', input, execute: () => `${ran.push(name)}` }))
  }
  const end = async (name: string, input: unknown, allowed?: string[]) => {
    const { status, isError, content } = await tools.execute(name, input, { ...caller, allowed })
    return isError ? `${status}: ${content}` : status
  }
  expect(await end('missing', 1)).toBe('unknown-tool: There is no tool "missing". Tools: open.')
  expect(await end('secret', 1)).toBe('denied: The tool "secret" is not allowed here.')
  expect(await end('open', { a: 1 }, ['secret'])).toBe('denied: The tool "open" is not allowed here.')
  expect(await end('open', {})).toMatch(/^invalid-input: .*\ninput: .*"a"/)
  expect(ran).toEqual([])
  expect(await end('open', { a: 1 })).toBe('ok')
})

test('without a policy nothing dangerous runs, with one that names it, it does', async () => {
  const dangerous = defineTool({
    name: 'bash',
    description: '',
    dangerous: true,
    input: { type: 'object' },
    execute: () => 'ran',
  })
  const run = async (options: ToolRegistryOptions) => {
    const tools = createToolRegistry(options)
    tools.register(dangerous)
    return (await tools.execute('bash', {}, caller)).status
  }
  expect(await run({})).toBe('denied')
  expect(await run({ policy: allowList(['bash']) })).toBe('ok')
})

test('a policy that fails lets nothing through', async () => {
  const allows = (): boolean => {
    throw new Error('the policy is broken')
  }
  const tools = withProbe(() => 'ran', { policy: { name: 'broken', allows } })
  expect(await tools.execute('probe', {}, caller)).toMatchObject({
    status: 'failed',
    content: 'the policy is broken',
  })
})

test('a failing tool becomes a record with its message, without a stack', async () => {
  const failed = { status: 'failed', isError: true }
  expect(await throwing(new Error('no such city'))).toMatchObject({ ...failed, content: 'no such city' })
  expect(await throwing('just text')).toMatchObject({ ...failed, content: 'just text' })
  expect(await throwing(undefined)).toMatchObject(failed)
  expect((await throwing(new Error('x'.repeat(9000)))).content).toHaveLength(1001)
  const rejecting = withProbe(() => Promise.reject(new Error('later')))
  expect(await rejecting.execute('probe', {}, caller)).toMatchObject({ ...failed, content: 'later' })
  const refusing = new ToolError('b must be larger than a', { code: 'invalid-input' })
  expect(await throwing(refusing)).toMatchObject({
    status: 'invalid-input',
    content: 'b must be larger than a',
  })
})

test('an output that is no JSON value fails clearly', async () => {
  for (const output of [undefined, () => 1, 1n, Number.NaN]) {
    expect(await answering(output)).toMatchObject({
      status: 'failed',
      content: expect.stringMatching(/is not a JSON value|cannot be written as JSON/),
    })
  }
})

test('caps what the model reads, and counts what there was', async () => {
  const tools = withProbe(() => 'é'.repeat(100), { limits: { maxOutputBytes: 11 } })
  expect(await tools.execute('probe', {}, caller)).toMatchObject({
    status: 'ok',
    content: 'ééééé\n[output truncated: 10 of 200 bytes]',
    bytes: 200,
    truncated: true,
  })
})

test('a tool cannot reach into the arguments that the history holds', async () => {
  const tools = withProbe((input) => {
    input.a = 'changed'
    return 'ok'
  })
  const use = toolUse('probe', { a: 'original' })
  await tools.executeToolUse(use, caller)
  expect(use.input).toEqual({ a: 'original' })
})

test('whatever the arguments are, there is a record, and no prototype is touched', async () => {
  const tools = createToolRegistry()
  for (const name of builtInToolNames) tools.register(builtInTool(name))
  const name = fc.constantFrom('echo', 'calculator', 'timestamp', '__proto__', '')
  const input = fc.oneof(
    fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }),
    fc.dictionary(
      fc.constantFrom('message', 'operation', 'a', 'b', '__proto__', 'constructor'),
      fc.jsonValue(),
    ),
  )
  await fc.assert(
    fc.asyncProperty(name, input, fc.string(), async (toolName, value, inputText) => {
      const record = await tools.execute(toolName, value, caller)
      expect(['ok', 'failed', 'invalid-input', 'unknown-tool']).toContain(record.status)
      const use = await tools.executeToolUse(toolUse(toolName, {}, inputText), caller)
      expect(use.isError).toBe(use.status !== 'ok')
      expect(Object.keys(Object.prototype)).toEqual([])
    }),
    { numRuns: 300 },
  )
})
