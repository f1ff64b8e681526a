export { createFakeUpstream } from './testing/fake-upstream.ts'
export type {
  FakeAnswer,
  FakeDialect,
  FakeFault,
  FakeStep,
  FakeUpstream,
  FakeUpstreamOptions,
  RecordedRequest,
} from './testing/types.ts'
