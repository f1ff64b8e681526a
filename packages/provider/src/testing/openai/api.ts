import type { FakeApi, FakeRules } from '../api.ts'
import type { FakeFault, RecordedRequest } from '../types.ts'
import { faultBody, toCompletion, toEvents } from './answer.ts'
import { requestFaults } from './validate-request.ts'

/** What is wrong with the key of a request. */
export function* keyFaults({ headers }: RecordedRequest, { apiKey }: FakeRules): Generator<FakeFault> {
  if (headers.authorization === undefined) {
    const message =
      "You didn't provide an API key. You need to provide your API key in an Authorization header."
    yield { status: 401, type: 'invalid_request_error', message }
  }
  if (headers.authorization !== `Bearer ${apiKey}`)
    yield { status: 401, message: 'Incorrect API key provided.' }
}

function* faults(request: RecordedRequest, rules: FakeRules): Generator<FakeFault> {
  yield* keyFaults(request, rules)
  yield* requestFaults(request.body)
}

/** OpenAI's Chat Completions API. */
export const openaiApi: FakeApi = {
  dialect: 'openai-chat',
  path: '/v1/chat/completions',
  faults,
  faultBody,
  // Its errors are all the server's own; the requests that it refuses never reach an answer.
  statusOfError: () => 500,
  headers: (requestId) => ({
    'x-request-id': requestId,
    'openai-version': '2020-10-01',
    'openai-processing-ms': '1',
  }),
  toWhole: toCompletion,
  toEvents,
}
