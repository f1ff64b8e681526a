export {
  type BuiltInToolName,
  type BuiltInToolOptions,
  builtInTool,
  builtInToolNames,
} from './built-in/built-in.ts'
export {
  defineTool,
  type JsonSchemaToolOptions,
  type StandardSchemaToolOptions,
  type ToolDefinitionBase,
} from './define-tool.ts'
export { isToolError, ToolError, type ToolErrorCode, type ToolErrorOptions } from './errors.ts'
export { defaultToolLimits, type ToolLimitOptions, type ToolLimits } from './limits.ts'
export {
  type AllowListPolicy,
  allowAll,
  allowList,
  denyDangerous,
  denyList,
  type ToolNames,
} from './policies.ts'
export { createToolRegistry, type ToolRegistryOptions } from './registry.ts'
export type {
  InferOutput,
  StandardJsonSchemaConverter,
  StandardSchemaIssue,
  StandardSchemaProps,
  StandardSchemaResult,
  StandardSchemaV1,
} from './standard-schema.ts'
export type {
  ListedTool,
  Tool,
  ToolCaller,
  ToolContext,
  ToolExecution,
  ToolOutput,
  ToolPolicy,
  ToolRegistry,
  ToolStatus,
} from './types.ts'
