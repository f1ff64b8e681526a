export { type CatalogueOverrides, costUsd, defaultModel, lookupModel } from './catalogue/catalogue.ts'
export type { Capabilities, ModelEntry, Prices } from './catalogue/model-entry.ts'
export { type Collector, type CollectorOptions, collect, createCollector } from './collect.ts'
export {
  createProviderManager,
  type ModelTarget,
  type ProviderManager,
  type ProviderManagerOptions,
  type ResolvedModel,
} from './manager/provider-manager.ts'
export { createMock, type MockOptions, type MockProvider } from './mock/create-mock.ts'
export type { MockAnswer, MockStep, MockToolUse } from './mock/steps.ts'
export { type ToolInput, toToolInput } from './tool-input.ts'
export { createFetchTransport, type FetchTransportOptions } from './transport/fetch-transport.ts'
