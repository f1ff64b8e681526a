import { createToolRegistry, defineTool } from '@gateway/tool'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'

// The tool package takes any Standard Schema and depends on no schema library; here it meets a real one.
const caller = { tenant: 'acme' }

const booking = defineTool({
  name: 'book',
  description: 'Books a table.',
  input: z.object({
    guests: z.number().int().min(1),
    name: z.string().trim(),
    seat: z.enum(['inside', 'outside']).default('inside'),
  }),
  execute: (input) => {
    expectTypeOf(input).toEqualTypeOf<{ guests: number; name: string; seat: 'inside' | 'outside' }>()
    return input
  },
})

test('a zod schema gives the model its JSON Schema', () => {
  expect(booking.inputSchema).toMatchObject({
    type: 'object',
    properties: { guests: { type: 'integer' }, seat: { enum: ['inside', 'outside'], default: 'inside' } },
    required: ['guests', 'name'],
  })
  expect(booking.inputSchema).not.toHaveProperty('$schema')
})

test('the tool gets what the schema makes of the input: defaults filled in, text trimmed', async () => {
  const tools = createToolRegistry()
  tools.register(booking)
  const record = await tools.execute('book', { guests: 2, name: ' Ada ' }, caller)
  expect(record.status).toBe('ok')
  expect(record.content).toBe('{"guests":2,"name":"Ada","seat":"inside"}')
})

test('what does not fit is told with its path', async () => {
  const tools = createToolRegistry()
  tools.register(booking)
  const record = await tools.execute('book', { guests: 0, seat: 'roof' }, caller)
  expect(record.status).toBe('invalid-input')
  expect(record.content).toMatch(/guests: .*1/)
  expect(record.content).toMatch(/seat: .*"inside"\|"outside"/)
  expect(record.content).toMatch(/name: .*string/)
})

test('a schema that JSON Schema cannot say is refused with what to do', () => {
  const define = () =>
    defineTool({ name: 'day', description: '', input: z.object({ day: z.date() }), execute: () => 'x' })
  expect(define).toThrow(/Date.*pass "inputSchema"/)
})
