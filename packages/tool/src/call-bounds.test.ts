import { expect, test } from 'vitest'
import { defineTool } from './define-tool.ts'
import { createToolRegistry, type ToolRegistryOptions } from './registry.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'
import type { ToolContext, ToolExecution, ToolOutput, ToolRegistry } from './types.ts'

const caller = { tenant: 'acme' }
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

interface Gate {
  tools: ToolRegistry
  /** The calls that run, in the order in which they started. */
  running: { context: ToolContext; finish: (output: ToolOutput) => void; fail: (error: unknown) => void }[]
}

/** A registry with a tool that runs until the test ends it, and that ignores its signal. */
const createGate = (options: ToolRegistryOptions = {}, timeoutMs?: number): Gate => {
  const running: Gate['running'] = []
  const tools = createToolRegistry(options)
  const execute = (_: object, context: ToolContext) =>
    new Promise<ToolOutput>((finish, fail) => running.push({ context, finish, fail }))
  tools.register(defineTool({ name: 'gate', description: '', input: { type: 'object' }, timeoutMs, execute }))
  return { tools, running }
}

const statuses = (records: ToolExecution[]) => records.map(({ status }) => status)

test('a call ends when its time is over, though the tool ignores the signal', async () => {
  const { tools, running } = createGate({ limits: { timeoutMs: 5 } })
  const record = await tools.execute('gate', {}, caller)
  expect(record).toMatchObject({
    status: 'timeout',
    isError: true,
    content: 'The tool "gate" did not answer within 5 ms and was stopped.',
  })
  expect(running[0]?.context.signal.reason).toMatchObject({ name: 'TimeoutError' })
  // What the tool does afterwards is nobody's business: a rejection that nobody handles would fail this run.
  running[0]?.fail(new Error('too late'))
  await settle()
  expect(record.status).toBe('timeout')
})

test("a tool's own timeout comes before the limit of the registry", async () => {
  const shorter = createGate({}, 5)
  expect((await shorter.tools.execute('gate', {}, caller)).content).toContain('within 5 ms')
  const longer = createGate({ limits: { timeoutMs: 1 } }, 60_000)
  const call = longer.tools.execute('gate', {}, caller)
  await new Promise((resolve) => setTimeout(resolve, 10))
  longer.running[0]?.finish('done')
  expect((await call).status).toBe('ok')
})

test('an abort of the caller ends the call at once, and reaches the tool', async () => {
  const { tools, running } = createGate()
  const controller = new AbortController()
  const call = tools.execute('gate', {}, { ...caller, signal: controller.signal })
  await settle()
  controller.abort(new Error('the turn was cancelled'))
  expect(await call).toMatchObject({ status: 'aborted', isError: true })
  expect(running[0]?.context.signal.reason).toEqual(new Error('the turn was cancelled'))
})

test('nothing runs for a caller that is gone already', async () => {
  const { tools, running } = createGate()
  const record = await tools.execute('gate', {}, { ...caller, signal: AbortSignal.abort() })
  expect(record.status).toBe('aborted')
  expect(running).toEqual([])
})

test('a validation that never ends is bounded too', async () => {
  const input: StandardSchemaV1<object, object> = {
    '~standard': { version: 1, vendor: 'test', validate: () => new Promise(() => {}) },
  }
  const tools = createToolRegistry({ limits: { timeoutMs: 5 } })
  const inputSchema = { type: 'object' }
  tools.register(defineTool({ name: 'slow', description: '', input, inputSchema, execute: () => 'ran' }))
  expect((await tools.execute('slow', {}, caller)).status).toBe('timeout')
})

test('a tenant runs four calls at a time; the next one waits its turn', async () => {
  const { tools, running } = createGate()
  const calls = Array.from({ length: 6 }, (_, index) =>
    tools.executeToolUse({ type: 'tool-use', id: `call_${index}`, name: 'gate', input: {} }, caller),
  )
  await settle()
  expect(running.map(({ context }) => context.toolUseId)).toEqual(['call_0', 'call_1', 'call_2', 'call_3'])
  running[2]?.finish('done')
  await settle()
  expect(running[4]?.context.toolUseId).toBe('call_4')
  running[0]?.fail(new Error('broken'))
  await settle()
  expect(running[5]?.context.toolUseId).toBe('call_5')
  for (const { finish } of running) finish('done')
  expect(statuses(await Promise.all(calls))).toEqual(['failed', 'ok', 'ok', 'ok', 'ok', 'ok'])
})

test('altogether sixteen calls run at a time', async () => {
  const { tools, running } = createGate()
  for (const tenant of ['a', 'b', 'c', 'd', 'e']) {
    for (let call = 0; call < 4; call += 1) void tools.execute('gate', {}, { tenant })
  }
  await settle()
  expect(running).toHaveLength(16)
  running[0]?.finish('done')
  await settle()
  expect(running[16]?.context.tenant).toBe('e')
})

test('a call that finds the queue full is unavailable, one that is aborted in it is aborted', async () => {
  const limits = { concurrentPerTenant: 1, queuedPerTenant: 1 }
  const { tools, running } = createGate({ limits })
  const controller = new AbortController()
  const first = tools.execute('gate', {}, caller)
  const second = tools.execute('gate', {}, { ...caller, signal: controller.signal })
  await settle()
  expect(await tools.execute('gate', {}, caller)).toMatchObject({
    status: 'unavailable',
    content: expect.stringContaining('try again later'),
  })
  controller.abort()
  expect((await second).status).toBe('aborted')
  running[0]?.finish('done')
  expect((await first).status).toBe('ok')
  expect(running).toHaveLength(1)
})

test('invalid arguments are told at once, also when no place is free', async () => {
  const { tools } = createGate({ limits: { concurrentPerTenant: 1, queuedPerTenant: 0 } })
  void tools.execute('gate', {}, caller)
  await settle()
  expect(statuses([await tools.execute('gate', [], caller)])).toEqual(['invalid-input'])
})

test('a call that timed out gives its place back', async () => {
  const { tools } = createGate({ limits: { concurrentTotal: 1, timeoutMs: 5 } })
  const calls = Array.from({ length: 3 }, () => tools.execute('gate', {}, caller))
  expect(statuses(await Promise.all(calls))).toEqual(['timeout', 'timeout', 'timeout'])
})

test('every call is told to onExecution, once, with its record and its caller', async () => {
  const told: [ToolExecution, object][] = []
  const { tools, running } = createGate({ onExecution: (record, who) => told.push([record, who]) })
  const records = [await tools.execute('none', {}, caller), await tools.execute('gate', 'text', caller)]
  const call = tools.execute('gate', {}, caller)
  await settle()
  running[0]?.finish('done')
  records.push(await call)
  expect(told).toEqual(records.map((record) => [record, caller]))
  expect(statuses(records)).toEqual(['unknown-tool', 'invalid-input', 'ok'])
})

test('an onExecution that throws changes no call, and is not silent', async () => {
  const broken = new Error('the audit log is full')
  const onExecution = () => {
    throw broken
  }
  const reported: unknown[] = []
  const { tools } = createGate({ onExecution, reportError: (error) => reported.push(error) })
  expect((await tools.execute('none', {}, caller)).status).toBe('unknown-tool')
  expect(reported).toEqual([broken])
})

test('without reportError, what onExecution throws is an uncaught error of the process', async () => {
  const broken = new Error('the audit log is full')
  const listeners = process.rawListeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve))
  const onExecution = () => {
    throw broken
  }
  const { tools } = createGate({ onExecution })
  expect((await tools.execute('none', {}, caller)).status).toBe('unknown-tool')
  expect(await uncaught).toBe(broken)
  for (const listener of listeners) process.on('uncaughtException', listener as () => void)
})
