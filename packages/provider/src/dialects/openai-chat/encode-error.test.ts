import { expect, test } from 'vitest'
import type { ClientError } from '../../types/client-error.ts'
import { encodeError } from './encode-error.ts'

const base: ClientError = { status: 400, code: 'invalid_request', message: 'Said so.', requestId: 'req_1' }
const encode = (over: Partial<ClientError>) => encodeError({ ...base, ...over }).error

test('an error has the fields of OpenAI, and our request id', () => {
  expect(encodeError({ ...base, param: 'messages[0].role' })).toEqual({
    error: {
      message: 'Said so.',
      type: 'invalid_request_error',
      param: 'messages[0].role',
      code: null,
      request_id: 'req_1',
    },
  })
})

test.for([
  ['context_length_exceeded', 400, 'invalid_request_error', 'context_length_exceeded'],
  ['insufficient_quota', 429, 'insufficient_quota', 'insufficient_quota'],
  ['rate_limit', 429, 'rate_limit_error', 'rate_limit_exceeded'],
  ['model_not_found', 404, 'invalid_request_error', 'model_not_found'],
  ['content_filter', 400, 'invalid_request_error', 'content_filter'],
  ['provider_authentication', 502, 'server_error', 'provider_authentication'],
  ['overloaded', 529, 'server_error', 'overloaded'],
  ['server_error', 500, 'server_error', null],
  ['timeout', 504, 'server_error', 'timeout'],
  ['unauthorized', 401, 'authentication_error', 'unauthorized'],
  ['permission_denied', 403, 'permission_error', 'permission_denied'],
  ['toString', 400, 'invalid_request_error', 'toString'],
] as const)('%s of %i is %s, %s', ([code, status, type, wireCode]) => {
  expect(encode({ code, status, param: undefined })).toMatchObject({ type, code: wireCode, param: null })
})

test.for([
  ['tokens', 'rate_limit_exceeded', 'tokens', 'rate_limit_exceeded'],
  ['insufficient_quota', 'insufficient_quota', 'insufficient_quota', 'rate_limit_exceeded'],
  ['invalid_request_error', 'invalid_value', 'invalid_request_error', 'invalid_value'],
  ['server_error', undefined, 'server_error', 'rate_limit_exceeded'],
  // Anthropic's names, of which the decoder of errors takes the type for a code as well.
  ['overloaded_error', 'overloaded_error', 'rate_limit_error', 'rate_limit_exceeded'],
  ['rate_limit_error', 'rate_limit_error', 'rate_limit_error', 'rate_limit_exceeded'],
] as const)('an upstream that said %s, %s is told as %s, %s', ([upstreamType, upstreamCode, type, code]) => {
  expect(encode({ code: 'rate_limit', status: 429, upstreamType, upstreamCode })).toMatchObject({
    type,
    code,
  })
})
