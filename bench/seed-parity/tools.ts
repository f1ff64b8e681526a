import { createToolRegistry, defineTool } from '@gateway/tool'
import { bytesEach } from '../measure.ts'

/** A tool with its definition, its schema and its validator. */
export const toolBytes = (): Promise<number> => {
  const registry = createToolRegistry()
  return bytesEach(5000, (n) => {
    const tool = defineTool({
      name: `tool_${n}`,
      description: 'Adds two numbers.',
      input: {
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number' } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
      execute: () => n,
    })
    registry.register(tool)
    return tool
  })
}
