import { defineTool } from '../define-tool.ts'
import { ToolError } from '../errors.ts'
import type { Tool } from '../types.ts'

/** Each operation on two numbers in IEEE 754 double precision. */
const operations = {
  add: (a: number, b: number) => a + b,
  subtract: (a: number, b: number) => a - b,
  multiply: (a: number, b: number) => a * b,
  divide: (a: number, b: number) => a / b,
}

interface CalculatorInput {
  operation: keyof typeof operations
  a: number
  b: number
}

/** One operation on two numbers. Division by zero and results that are no finite number are errors. */
export const calculatorTool = (): Tool =>
  defineTool<CalculatorInput>({
    name: 'calculator',
    description: 'Adds, subtracts, multiplies or divides two numbers and answers with the result.',
    idempotent: true,
    input: {
      type: 'object',
      properties: {
        operation: { type: 'string', enum: Object.keys(operations), description: 'What to do with a and b.' },
        a: { type: 'number', description: 'The first number.' },
        b: { type: 'number', description: 'The second number.' },
      },
      required: ['operation', 'a', 'b'],
      additionalProperties: false,
    },
    execute: ({ operation, a, b }) => {
      if (operation === 'divide' && b === 0) throw failed(`${a} cannot be divided by zero.`)
      const result = operations[operation](a, b)
      if (!Number.isFinite(result)) throw failed(`The result of ${operation} on ${a} and ${b} is too large.`)
      return result
    },
  })

const failed = (message: string): ToolError => new ToolError(message, { code: 'failed', tool: 'calculator' })
