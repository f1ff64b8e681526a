/** One vocabulary over the wires of LLM providers. Web standards only. Any addition here is public API. */
export { defaultModel } from './catalogue/built-in.ts'
export {
  type CatalogueOverride,
  type CatalogueOverrides,
  catalogueModels,
  costUsd,
  estimateCostUsd,
  lookupModel,
  supports,
} from './catalogue/catalogue.ts'
export type { Capabilities, ModelEntry, PriceStep, Prices } from './catalogue/model-entry.ts'
export { type Collector, type CollectorOptions, collect, createCollector } from './collect.ts'
export type {
  ClientContext,
  ClientDialect,
  DecodedRequest,
  RelayPlan,
  RelayRules,
  StreamEncoder,
} from './dialects/client-dialect.ts'
export { clientDialects } from './dialects/client-dialects.ts'
export type { ChatQuirks } from './dialects/openai-chat/quirks.ts'
export {
  isProviderError,
  ProviderError,
  type ProviderErrorCode,
  type ProviderErrorOptions,
  type UpstreamErrorAnswer,
} from './errors.ts'
export { toClientError } from './forward/client-error.ts'
export type { Forward } from './forward/forward.ts'
export { toRelayedHeaders } from './forward/headers.ts'
export { type RelayEdits, toRelayBody } from './forward/relay-body.ts'
export { toPassedHeaders } from './http/passed-headers.ts'
export type { AttemptedRequest, ResilienceOptions } from './manager/planner.ts'
export {
  createProviderManager,
  type ProviderManager,
  type ProviderManagerOptions,
  type ResolvedModel,
} from './manager/provider-manager.ts'
export { createMock, type MockOptions, type MockProvider } from './mock/create-mock.ts'
export type { MockAnswer, MockStep, MockToolUse } from './mock/steps.ts'
export { type AnthropicOptions, createAnthropic } from './providers/anthropic.ts'
export { createGroq, type GroqOptions } from './providers/groq.ts'
export { createOpenAI, type OpenAIOptions } from './providers/openai.ts'
export { createOpenAICompatible, type OpenAICompatibleOptions } from './providers/openai-compatible.ts'
export type { ProviderOptions } from './providers/provider-options.ts'
export { type Clock, systemClock } from './resilience/clock.ts'
export {
  type BreakerOptions,
  createHealthBook,
  type HealthBook,
  type TargetHealth,
  type Trial,
} from './resilience/health.ts'
export type { RetryOptions } from './resilience/policy.ts'
export type { Timeouts } from './resilience/timeouts.ts'
export type { AttemptRecord } from './resilience/walk.ts'
export { type ModelRoute, type OnBreak, onBreakModes, type TaskRule } from './routing/route.ts'
export type { Strategy } from './routing/router.ts'
export type { Target } from './routing/target.ts'
export { type ToolInput, toToolInput } from './tool-input.ts'
export { createFetchTransport, type FetchTransportOptions } from './transport/fetch-transport.ts'
export type { ClientError } from './types/client-error.ts'
export type {
  CompletionRequest,
  CompletionResponse,
  ReasoningOptions,
  ResponseFormat,
  StopReason,
  ToolChoice,
  ToolDefinition,
  Usage,
  Warning,
} from './types/completion.ts'
export type { ForwardOptions, ForwardReport, ForwardRequest, ForwardSink } from './types/forward.ts'
export type { JsonObject, JsonValue } from './types/json.ts'
export type {
  ClientDialectName,
  ContentBlock,
  DialectName,
  Extensible,
  MediaBlock,
  MediaSource,
  Message,
  NativeBlock,
  Role,
  TextBlock,
  ThinkingBlock,
  ToolResultBlock,
  ToolUseBlock,
} from './types/message.ts'
export type { CallOptions, Provider, RelaySupport } from './types/provider.ts'
export type {
  BlockEndEvent,
  FinishEvent,
  NativeEvent,
  StartEvent,
  StreamEvent,
  TextDeltaEvent,
  ThinkingDeltaEvent,
  ToolInputDeltaEvent,
  ToolUseStartEvent,
  WarningEvent,
} from './types/stream-event.ts'
export type { StreamSink } from './types/stream-sink.ts'
export type { Transport, TransportRequest, TransportSink } from './types/transport.ts'
