import { project } from 'gateway-tooling/vitest'
import { mergeConfig } from 'vitest/config'

export default mergeConfig(project('gateway'), {
  // The cells of the SDK matrix wait for retries more than they work.
  test: { maxConcurrency: 16 },
})
