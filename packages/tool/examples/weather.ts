import { allowList, builtInTool, createToolRegistry, defineTool } from '@gateway/tool'

// A schema of zod, valibot or arktype does as well as `input`; the type of the input is inferred from it then.
const weather = defineTool<{ city: string; unit?: 'celsius' | 'fahrenheit' }>({
  name: 'weather',
  description: 'The weather in a city right now.',
  input: {
    type: 'object',
    properties: {
      city: { type: 'string' },
      unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
    },
    required: ['city'],
    additionalProperties: false,
  },
  execute: ({ city, unit = 'celsius' }, { tenant }) => ({ city, unit, degrees: 21, askedBy: tenant }),
})

const tools = createToolRegistry({
  policy: allowList({ acme: ['weather', 'calculator'], globex: ['calculator'] }),
  onExecution: ({ tool, status, bytes }) => console.log(`> ${tool}: ${status}, ${bytes} bytes`),
})
tools.register(weather)
tools.register(builtInTool('calculator'))

// What a request to a model carries, by tenant and in a stable order.
console.log(tools.toProviderTools({ tenant: 'globex' }).map(({ name }) => name))

// What the model asked for, run. The content of every record can go back to the model as it is.
const toolUse = { type: 'tool-use', id: 'call_1', name: 'weather', input: { city: 'Oslo' } } as const
const answer = await tools.executeToolUse(toolUse, { tenant: 'acme' })
console.log(answer.content)

// Nothing throws: what a model got wrong, what it may not do and what fails are records too.
const wrong = await tools.execute('weather', { city: 'Oslo', unit: 'kelvin' }, { tenant: 'acme' })
console.log(wrong.content)
const denied = await tools.execute('weather', { city: 'Oslo' }, { tenant: 'globex' })
console.log(denied.content)
const failed = await tools.execute('calculator', { operation: 'divide', a: 1, b: 0 }, { tenant: 'globex' })
console.log(failed.content)
