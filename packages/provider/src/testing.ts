export { type ConformanceOptions, providerConformance } from './testing/conformance.ts'
export { createFakeUpstream } from './testing/fake-upstream.ts'
export type {
  FakeAnswer,
  FakeDelivery,
  FakeDialect,
  FakeFault,
  FakeRecording,
  FakeStep,
  FakeUpstream,
  FakeUpstreamOptions,
  RecordedRequest,
} from './testing/types.ts'
