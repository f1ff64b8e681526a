import { expect, test } from 'vitest'
import * as api from './index.ts'

test('the public names are these', () => {
  expect(Object.keys(api).sort()).toEqual([
    'ToolError',
    'allowAll',
    'allowList',
    'builtInTool',
    'builtInToolNames',
    'createToolRegistry',
    'defaultToolLimits',
    'defineTool',
    'denyDangerous',
    'denyList',
    'isToolError',
  ])
})
