import { anthropicApi } from './anthropic/api.ts'
import { countTokensApi } from './anthropic/count-tokens.ts'
import type { FakeApi } from './api.ts'
import { openaiApi } from './openai/api.ts'
import { embeddingsApi } from './openai/embeddings.ts'

/** Every endpoint that the fake has. A path that is none of theirs is refused in the words of the first. */
export const apis: readonly [FakeApi, ...FakeApi[]] = [anthropicApi, countTokensApi, openaiApi, embeddingsApi]
