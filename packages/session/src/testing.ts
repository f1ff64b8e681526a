export { sessionStoreConformance } from './testing/conformance.ts'
export type {
  ConformanceExpect,
  ConformanceHarness,
  ConformanceTest,
  MakeStore,
  StoreUnderTest,
} from './testing/harness.ts'
