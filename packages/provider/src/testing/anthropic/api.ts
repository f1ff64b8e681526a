import type { FakeApi, FakeRules } from '../api.ts'
import type { FakeFault, RecordedRequest } from '../types.ts'
import { faultBody, statusOfError, toEvents, toMessage } from './answer.ts'
import { requestFaults } from './validate-request.ts'

function* faults(
  { headers, body }: RecordedRequest,
  { apiKey, signatures }: FakeRules,
): Generator<FakeFault> {
  // Since its new version the official SDK sends the key as a bearer token.
  const key = headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /i, '')
  if (key === undefined) yield { status: 401, message: 'x-api-key header is required' }
  if (key !== apiKey) yield { status: 401, message: 'invalid x-api-key' }
  yield* requestFaults(body, { version: headers['anthropic-version'], signatures })
}

/** Anthropic's Messages API. */
export const anthropicApi: FakeApi = {
  dialect: 'anthropic-messages',
  path: '/v1/messages',
  faults,
  faultBody,
  statusOfError,
  headers: (requestId) => ({ 'request-id': requestId }),
  toWhole: toMessage,
  toEvents,
}
