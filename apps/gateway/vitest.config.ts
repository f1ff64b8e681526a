import { project } from 'gateway-tooling/vitest'

// The cells of the SDK matrix wait for retries more than they work.
export default project('gateway', { maxConcurrency: 16 })
