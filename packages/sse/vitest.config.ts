import { project } from 'gateway-tooling/vitest'
import { mergeConfig } from 'vitest/config'

// No test leaves anything behind in the modules; a process for each file would take a fifth of the whole run.
export default mergeConfig(project('sse'), { test: { isolate: false } })
