import { anthropicApi } from './anthropic/api.ts'
import type { FakeApi } from './api.ts'
import { openaiApi } from './openai/api.ts'

/** Every API that the fake speaks. A path that none of them has is refused in the words of the first. */
export const apis: readonly [FakeApi, ...FakeApi[]] = [anthropicApi, openaiApi]
