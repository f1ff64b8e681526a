import type { FakeApi } from '../api.ts'
import { toFields } from '../json.ts'
import { tokens } from '../steps.ts'
import { anthropicApi } from './api.ts'

/** Anthropic's endpoint that counts a request instead of answering it. */
export const countTokensApi: FakeApi = {
  ...anthropicApi,
  path: '/v1/messages/count_tokens',
  *faults(request, rules) {
    // Everything that Messages asks for but the limit of an answer, which there will not be.
    yield* anthropicApi.faults({ ...request, body: { max_tokens: 1, ...toFields(request.body) } }, rules)
  },
  toWhole: (_steps, { request }) => ({ input_tokens: tokens(request.body) }),
}
